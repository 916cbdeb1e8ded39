"""Answers that were cut off: by what the log says of them, or by how they end."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from data.records import Interaction

_FLAGS = ("trunc", "length", "cut_short")
_SENTENCE_END = re.compile(r"[.!?…。！？:;)\]\"'”»*`|\d]\s*$")
_LIST_ITEM = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_MIN_WORDS = 20
_NEAR = 0.75
"""A limit on tokens stops answers at about the same number of words: within this share of the longest one cut."""


def flagged_cut(item: Interaction) -> bool:
    """Tell whether the log says that answer or prompt was cut ("length", "answer_cut_short", …)."""
    return any(mark in flag for flag in item.flags for mark in _FLAGS)


def stops_short(answer: str) -> bool:
    """Tell whether a text ends in the middle of a sentence; lists whose items have no full stops end whole."""
    if _SENTENCE_END.search(answer):
        return False
    items = [line for line in answer.strip().splitlines() if _LIST_ITEM.match(line)]
    is_item = bool(_LIST_ITEM.match(answer.strip().splitlines()[-1])) if answer.strip() else False
    return not (is_item and len(items) > 1 and not _SENTENCE_END.search(items[-2]))


def at_a_limit(items: Sequence[Interaction]) -> bool:
    """Tell whether these cut answers stop where a limit would stop them: flagged, or most at about one length.

    A style without a last full stop ends answers at every length.
    """
    if any(flagged_cut(item) for item in items):
        return True
    lengths = np.array([len((item.answer or "").split()) for item in items])
    return bool(lengths.size and lengths.max() >= _MIN_WORDS and np.mean(lengths >= _NEAR * lengths.max()) >= 0.5)
