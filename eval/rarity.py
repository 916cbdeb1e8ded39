"""How much a word weighs as evidence: rare words count, "the" does not."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).with_name("frequencies.json")
_UNSEEN = 7.0
_COMMON = 2.2
"""Stems in more than one of nine paragraphs (``exp(-2.2)``) carry no evidence."""


def weight(stem: str) -> float:
    """Return the evidence weight of a stem, 0 for common words, single digits and plain numbers, at most 4.8.

    The weight is ``max(0, ln(paragraphs / paragraphs with the stem) - 2.2)`` over the background table of public
    English and Russian text; stems the table does not know weigh most. Numbers are compared apart, by value.
    """
    if stem.isdigit():
        return 0.0
    return max(0.0, min(_rarities().get(stem, _UNSEEN), _UNSEEN) - _COMMON)


@lru_cache(maxsize=1)
def _rarities() -> dict[str, float]:
    table = json.loads(_TABLE.read_text(encoding="utf-8"))
    levels = [level for language in ("en", "ru") for level in table[language]["stems"].items()]
    return {stem: int(tenths) / 10 for tenths, stems in levels for stem in stems.split()}
