"""Texts as parts to compare: sentences as written, and a spelling in which only the words count."""

from __future__ import annotations

from data.text import sentence_spans


def split(text: str) -> list[str]:
    """Return the sentences of a text as written."""
    return [text[start:end] for start, end in sentence_spans(text)]


def flat(text: str) -> str:
    """Return a text in small letters with one space between words, to be compared letter for letter."""
    return " ".join(text.split()).casefold()
