"""How sentences begin and end, as shapes that can be compared over answers: what a frame is made of.

A shape keeps the words and leaves slots for what varies: ``#`` for anything with a digit, ``@`` for a name, a file or
address, or a word of the question; slots that follow one another are one. "[2026-11-29 10:41] Anna: " and
"[2026-11-30 9:02] Boris: " are both ``[ # ] @ :``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.text import terms

LONGEST = 12
"""A frame has at most so many words, marks and slots."""
_READ = 30
_TOKEN = re.compile(r"https?://\S+|\d(?:[\d.,:/T+-]*\d)?|\w(?:[\w.@/+'’-]*\w)?|[^\w\s]")
_INNER = re.compile(r"[._@/]")
SLOTS = frozenset("#@")
_NO_BEGINNING = SLOTS | frozenset(".!?…。！？»”\"'")
_NO_FRAMES = frozenset(("-", "*", "•", "–", "—", "+", "# .", "# )", "( # )", "[ # ]"))
"""How items of lists begin, and citations end: that is layout and evidence."""
_CALL = re.compile(r"\W{0,3}[\w.]{1,40}[(\[{][^\n]*[)\]}]\Z")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"), ("【", "】"))
Stems = frozenset[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, a mark, or a slot with all that stands in it; `stems` are the terms it says."""

    shape: str
    start: int
    end: int
    stems: Stems

    @property
    def is_word(self) -> bool:
        """Whether it is neither a mark nor a slot."""
        return self.shape not in SLOTS and self.shape[0].isalnum()

    @property
    def is_mark(self) -> bool:
        """Whether it is neither a word nor a slot."""
        return self.shape not in SLOTS and not self.shape[0].isalnum()


@dataclass(frozen=True, slots=True)
class SentenceFrame:
    """A way to begin or end a sentence: its shape, where it stops, and the terms of its words and of its slots.

    `edge` is the mark that parts it from the rest of the sentence, "" where none does.
    """

    shape: str
    at: int
    words: Stems
    slots: Stems
    edge: str = ""

    @property
    def said(self) -> Stems:
        """What it says in words of its own, or in its slots where it has none."""
        return self.words or self.slots

    @property
    def unclosed(self) -> str:
        """The bracket that would close what it opens, if any."""
        return next((pair[1] for pair in _BRACKETS if self.shape.count(pair[0]) > self.shape.count(pair[1])), "")


def heads(sentence: str, asked: Stems) -> list[SentenceFrame]:
    """Return the ways in which a sentence may be said to begin, shortest first; something is left after each."""
    found = []
    for pieces in _readings(sentence[: _READ * 20], asked):
        for count in range(1, min(LONGEST + 1, len(pieces))):
            if pieces[count - 1].shape not in SLOTS:
                found += [_frame(way, pieces[count - 1].end, pieces[count - 1]) for way in _ways(pieces[:count], -1)]
    return sorted(_distinct(found), key=lambda frame: frame.at)


def tails(sentence: str, asked: Stems) -> list[SentenceFrame]:
    """Return the ways in which a sentence may be said to end, shortest first; something is left before each."""
    sentence = _open_ended(sentence)
    start = max(0, len(sentence) - _READ * 20)
    found = []
    for pieces in _readings(sentence[start:], asked):
        for at in range(len(pieces) - 1, max(0, len(pieces) - LONGEST - 1), -1):
            if pieces[at].shape not in _NO_BEGINNING:
                found += [_frame(way, start + pieces[at].start, pieces[at]) for way in _ways(pieces[at:], 0)]
    return sorted((frame for frame in _distinct(found) if _closed(frame.shape)), key=lambda frame: -frame.at)


def _open_ended(sentence: str) -> str:
    """Return a sentence without the brackets at its end that nothing in it opened, or that close a call around it."""
    if _CALL.match(sentence):
        return sentence[:-1]
    for opened, closed in _BRACKETS:
        extra = sentence.count(closed) - sentence.count(opened)
        while extra > 0 and sentence.endswith(closed):
            sentence, extra = sentence[:-1], extra - 1
    return sentence


def whole(sentence: str, asked: Stems) -> list[SentenceFrame]:
    """Return a sentence as a frame with nothing around it, in each reading."""
    return list(_distinct(_frame(pieces[:_READ], 0, None) for pieces in _readings(sentence[: _READ * 20], asked)))


def _frame(pieces: Sequence[Piece], at: int, edge: Piece | None) -> SentenceFrame:
    words = Stems().union(*(piece.stems for piece in pieces if piece.shape not in SLOTS))
    slots = Stems().union(*(piece.stems for piece in pieces if piece.shape in SLOTS))
    shape = " ".join(piece.shape for piece in pieces)
    return SentenceFrame(shape, at, words, slots, edge.shape if edge and edge.is_mark else "")


def _distinct(frames: Iterable[SentenceFrame]) -> Iterable[SentenceFrame]:
    return (frame for frame in {frame.shape: frame for frame in frames}.values() if frame.shape not in _NO_FRAMES)


def _ways(pieces: Sequence[Piece], edge: int) -> list[Sequence[Piece]]:
    """Return the pieces as they are and, where a mark parts them from the rest, with each word in turn as a slot."""
    if not pieces[edge].is_mark:
        return [pieces]
    words = [at for at, piece in enumerate(pieces) if piece.is_word]
    return [pieces, *([*pieces[:at], _as_slot(pieces[at]), *pieces[at + 1 :]] for at in words)]


def _as_slot(piece: Piece) -> Piece:
    return Piece("@", piece.start, piece.end, piece.stems)


def _closed(shape: str) -> bool:
    """Tell whether every bracket that is closed was opened in it, too."""
    return all(shape.count(opened) == shape.count(closed) for opened, closed in _BRACKETS)


def _readings(text: str, asked: Stems) -> list[list[Piece]]:
    """Return the pieces of a text: as written, with names as slots, and with words of the question as slots, too."""
    found = list(_TOKEN.finditer(text))
    literal = [_piece(match) for match in found]
    begun = next((at for at, piece in enumerate(literal) if not piece.is_mark), 0)
    named = [
        _as_slot(piece) if piece.is_word and at > begun and match.group()[0].isupper() else piece
        for at, (piece, match) in enumerate(zip(literal, found, strict=True))
    ]
    repeats = [piece.is_word and bool(piece.stems) and piece.stems <= asked for piece in named]
    slotted = [_as_slot(piece) if repeat else piece for piece, repeat in zip(named, repeats, strict=True)]
    distinct = [literal, *([named] if named != literal else []), *([slotted] if slotted != named else [])]
    return [_merged(pieces) for pieces in distinct]


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Join slots of one kind that follow one another."""
    found: list[Piece] = []
    for piece in pieces:
        if found and piece.shape in SLOTS and piece.shape == found[-1].shape:
            last = found.pop()
            piece = Piece(piece.shape, last.start, piece.end, last.stems | piece.stems)
        found.append(piece)
    return found


def _piece(match: re.Match[str]) -> Piece:
    word = match.group()
    if any(letter.isdigit() for letter in word):
        shape = "#"
    else:
        shape = "@" if word[0].isalnum() and _INNER.search(word) else word.casefold()
    return Piece(shape, match.start(), match.end(), Stems(terms(word)))
