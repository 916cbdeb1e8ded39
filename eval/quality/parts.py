"""Texts as parts to compare: sentences as written, and a spelling in which only the words count."""

from __future__ import annotations

from functools import lru_cache

from data.text import sentence_spans, terms


def split(text: str) -> list[str]:
    """Return the sentences of a text as written."""
    return [text[start:end] for start, end in sentence_spans(text)]


def flat(text: str) -> str:
    """Return a text in small letters with one space between words, to be compared letter for letter."""
    return " ".join(text.split()).casefold()


@lru_cache(maxsize=2048)
def stems_of(text: str) -> frozenset[str]:
    """Return the terms of a passage; remembered, because the same passages are retrieved again and again."""
    return frozenset(terms(text))


def lines_of(text: str) -> list[list[str]]:
    """Return the sentences of each line; a line without words is a sentence of its own."""
    return [split(line) or [line] for line in text.split("\n")]
