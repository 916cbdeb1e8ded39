"""A fact, a question about it, and filling to put behind it: prompts of any length whose answer is known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.records import Chunk, Hit
from rag.budget import estimate_tokens, passage_tokens
from rag.prompts import SYSTEM, render

FACT = "The inventory number of the blue lantern in the north store is 7351."
QUESTION = "What is the inventory number of the blue lantern in the north store?"
ANSWER = "7351"
_FILLING = "The east hall was swept and aired, and its windows were cleaned with warm water and a soft cloth. "
_SENTENCES = 8
_SURE = re.compile(r"\w+|[.,](?=\s)")


def needle() -> Hit:
    """Return the passage that holds the fact."""
    return Hit(Chunk("store.md", 0, len(FACT), FACT), 1.0)


def haystack(tokens: int) -> list[Hit]:
    """Return the needle and then filling: a prompt of `tokens` by our own estimate, give or take a sentence or two.

    The needle alone where there is no room for more.
    """
    sentence, whole = estimate_tokens(_FILLING), passage_tokens(_filling(0, _SENTENCES))
    passages, rest = divmod(max(0, tokens - shortest()), whole)
    left = max(0, rest - passage_tokens(_filling(0, 0))) // sentence
    sizes = [_SENTENCES] * passages + ([min(left, _SENTENCES)] if left else [])
    return [needle(), *(_filling(place, size) for place, size in enumerate(sizes))]


def shortest() -> int:
    """Return the estimated tokens of a prompt with the needle alone."""
    return estimate_tokens(SYSTEM) + estimate_tokens(QUESTION) + passage_tokens(needle())


def fewest_tokens(hits: Sequence[Hit]) -> int:
    """Return a count that no tokenizer stays under for the prompt over `hits`: its words, commas and full stops.

    `estimate_tokens` errs to the other side, which is right for packing and wrong for telling how much was read.
    """
    prompt = render(QUESTION, hits, "")
    return len(_SURE.findall(prompt.system)) + len(_SURE.findall(prompt.user))


def _filling(place: int, sentences: int) -> Hit:
    text = _FILLING * sentences
    start = place * _SENTENCES * len(_FILLING)
    return Hit(Chunk("hall.md", start, start + len(text), text), 0.1)
