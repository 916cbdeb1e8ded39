"""Words that a line end broke: joined again, unless the hyphen is part of the word.

pdfium marks a hyphen at a line end and drops the break after it; it cannot tell "thermo-stat" from "long-term". The
rest of the document often can: it holds the word whole, or with its hyphen. Without such a witness these keep the
hyphen: numbers, capitals after it, parts that make compounds ("self-", "-based"), and two long words that both stand
alone elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


MARK = "\x02"
"""What stands for a hyphen at a line end in the text of pdfium."""

_BROKEN = re.compile(rf"(-?)([^\W_]+){MARK}([^\W_]+)(?=(-?))")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LONG = 4
_OPENS_COMPOUND = _words(
    """self well non ex long short high low half full part real cross all hard soft open free ready two three four five
    six seven eight nine ten first second third one last near post pre semi multi vice world state cost time built
    из что кто где как"""
)
_ENDS_COMPOUND = _words(
    """by in on up to of off out down based known term free like only made friendly related specific driven oriented
    to-date то либо нибудь за под таки"""
)
_LINKS = _words("to and or of the for in at on by a an than as with und für de la")
"""Small words inside a chain ("state-of-the-art")."""
_STEM_BEFORE = 3
"""Fewer letters before the hyphen are a prefix, as in "un-like", and no word of a compound."""


def join_broken(texts: Sequence[str]) -> list[str]:
    """Return the texts of all pages without marks of broken words: joined, or with a hyphen in their place."""
    if not any(MARK in text for text in texts):
        return list(texts)
    seen = Counter(word for text in texts for word in _WORD.findall(_BROKEN.sub(" ", text).casefold()))

    def mended(match: re.Match[str]) -> str:
        before, left, right, after = match.groups()
        chained = before and left.casefold() in _LINKS or after and right.casefold() in _LINKS
        return f"{before}{left}-{right}" if chained or _is_compound(left, right, seen) else before + left + right

    joined = []
    for text in texts:
        while (step := _BROKEN.sub(mended, text)) != text:
            text = step
        joined.append(text.replace(MARK, "-"))
    return joined


def _is_compound(left: str, right: str, seen: Counter[str]) -> bool:
    """Tell whether the hyphen between two parts belongs to the word."""
    if not (left + right).isalpha() or right[0].isupper() or len(left) > 1 and left.isupper():
        return True
    first, second = left.casefold(), right.casefold()
    whole, hyphened = seen[first + second], seen[f"{first}-{second}"]
    if whole or hyphened:
        return hyphened > whole
    if first in _OPENS_COMPOUND or second in _ENDS_COMPOUND and len(first) >= _STEM_BEFORE:
        return True
    return min(len(first), len(second)) >= _LONG and seen[first] > 0 and seen[second] > 0
