"""Sentences as they are compared: stems in order, numbers, and names."""

from __future__ import annotations

from dataclasses import dataclass

from data.text import numbers, plain, sentence_spans, stem, words


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
