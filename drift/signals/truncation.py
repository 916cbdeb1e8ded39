"""Answers that were cut off: by what the log says of them, or by how they end."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from data.records import Interaction
from data.text import STOP_WORDS

_FLAGS = ("trunc", "length", "cut_short")
_SENTENCE_END = re.compile(r"[.!?…。！？:;)\]\"'”»*`|\d]\s*$")
_LIST_ITEM = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OPEN = ",-–—([{«“"
_COPIED = 6
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


def stops_inside(item: Interaction) -> bool:
    """Tell whether an answer surely stops before its end: inside a word, after a little word, in a copied sentence.

    A style that leaves out the last full stop ends on a name, an address or a source, at the end of its sentence.
    Blind: little words of languages without a list, and cuts between sentences.
    """
    text = (item.answer or "").rstrip()
    written = _WORD.findall(text)
    if not written or not stops_short(text):
        return False
    passages = [context.text for context in item.contexts if context.text]
    last = written[-1].casefold()
    if text[-1] in _OPEN or any(last in little for little in STOP_WORDS.values()):
        return True
    return text.endswith(written[-1]) and (
        _half_a_word(written[-1], written[:-1], passages) or _inside_copy(text, passages)
    )


def _half_a_word(last: str, before: Sequence[str], passages: Sequence[str]) -> bool:
    known = {word.casefold() for text in passages for word in _WORD.findall(text)} | {
        word.casefold() for word in before
    }
    return last not in known and any(word.startswith(last) for word in known)


def _inside_copy(text: str, passages: Sequence[str]) -> bool:
    """Tell whether the last six words stand in a passage, or earlier in the text, and go on there in the sentence."""
    end = " ".join(text.casefold().split()[-_COPIED:])
    if len(end.split()) < _COPIED:
        return False
    flat = (" ".join(passage.casefold().split()) for passage in (*passages, text))
    return any(re.match(r"\s*[\w,;(]", rest) for passage in flat for rest in passage.split(end)[1:])


def at_a_limit(items: Sequence[Interaction]) -> bool:
    """Tell whether these cut answers stop where a limit would stop them: flagged, or most at about one length.

    A style without a last full stop ends answers at every length.
    """
    if any(flagged_cut(item) for item in items):
        return True
    lengths = np.array([len((item.answer or "").split()) for item in items])
    return bool(lengths.size and lengths.max() >= _MIN_WORDS and np.mean(lengths >= _NEAR * lengths.max()) >= 0.5)
