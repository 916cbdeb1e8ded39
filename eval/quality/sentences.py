"""Sentences as they are compared: as written, by stems in order, by numbers and by names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from data.text import numbers, plain, sentence_spans, stem, terms, words


@dataclass(frozen=True, slots=True)
class SentenceWords:
    """One sentence without layout: its stems in order, its numbers in plain notation, and the stems of its names."""

    text: str
    stems: tuple[str, ...]
    numbers: frozenset[str]
    names: frozenset[str]


def plain_sentences(text: str) -> list[str]:
    """Return the sentences of a text, markdown or plain, each without what only lays it out."""
    return [plain(text[start:end]).strip() for start, end in sentence_spans(text)]


def read_sentence(text: str) -> SentenceWords:
    """Read one sentence of plain text."""
    written = words(text)
    stems = tuple(map(stem, written))
    names = frozenset(stems[place] for place, word in enumerate(written) if place and word[0].isupper())
    return SentenceWords(text, stems, numbers(text), names)


def read_sentences(text: str) -> list[SentenceWords]:
    """Read a text, markdown or plain, as its sentences; those without any word are left out."""
    return [sentence for part in plain_sentences(text) if (sentence := read_sentence(part)).stems]


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
