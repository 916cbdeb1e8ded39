"""How many tokens a text takes, without the model's tokenizer, and which passages fit its window."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from data.records import Hit

_PIECE = re.compile(r"([A-Za-z]+)|(\d+)|([\u2e80-\uffff]+)|([^\W\d_]+)|(\n[ \t]*)|([^\w\s]|_)")
_PER_PASSAGE = 40


@lru_cache(maxsize=1024)
def estimate_tokens(text: str) -> int:
    """Return a count that real tokenizers rarely exceed.

    A word of Latin letters is one token and another for each seven letters; three digits, two letters of other
    alphabets or 0.8 Han signs make a token, as does each other sign; a tenth is added. On English, Russian, Spanish and
    Chinese prose and on Markdown that is 1.0 to 1.4 times the count of cl100k_base, 1.1 to 1.9 times o200k_base.
    """
    total = 0.0
    for match in _PIECE.finditer(text):
        latin, digits, han, letters, newline, _ = match.groups()
        if latin:
            total += 1 + (len(latin) - 1) // 7
        elif digits:
            total += -(-len(digits) // 3)
        elif han:
            total += 1.25 * len(han)
        elif letters:
            total += max(1.0, len(letters) / 2)
        else:
            total += 0.7 if newline else 1.0
    return int(1.1 * total) + 1 if text else 0


def pack(hits: Sequence[Hit], room: int) -> list[Hit]:
    """Return the hits that fit into `room` tokens, best first; a passage too long for what is left is skipped."""
    packed = []
    for hit in hits:
        cost = passage_tokens(hit)
        if cost <= room:
            packed.append(hit)
            room -= cost
    return packed


def passage_tokens(hit: Hit) -> int:
    """Return the tokens a passage takes in the prompt, with its delimiters and its origin."""
    chunk = hit.chunk
    return estimate_tokens(chunk.text) + estimate_tokens(chunk.source + chunk.heading) + _PER_PASSAGE
