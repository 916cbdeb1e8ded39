"""Lines that belong together: paragraphs of wrapped lines, and headings, items, table rows and lines of code alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

UnitKind = Literal["heading", "item", "row", "code", "prose"]

_ITEM = re.compile(r"[ \t>]*(?:[-*+•◦▪●–—]|\(?(?:\d{1,3}|[A-Za-zА-Яа-я])[.)])[ \t]+\S")
_ROW = re.compile(r"[ \t>]*\||.*\S[ \t]+\|[ \t]+\S|.*\t.*\t")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_RULE = re.compile(r"[ \t>]*(?:[-=*_~`:|+][ \t]*){3,}$")
_FENCE = re.compile(r"[ \t>]*(?:```[^`\n]*$|~~~)")
_NUMBER = re.compile(r"\(?[-–—−+]?[$€£₽]?\d[\d,.]*[%)]*$|[$€£₽—–%)]+$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph of wrapped lines, or a single heading, item, table row or code line."""

    start: int
    end: int
    kind: UnitKind


@dataclass(slots=True)
class UnitReader:
    """Reads a text line by line; what it knows after a line does not depend on the lines that follow."""

    _start: int = 0
    _end: int = 0
    _width: int = 0
    _previous: str = ""
    _kind: UnitKind = "prose"
    _fenced: bool = False

    def read(self, text: str, start: int, end: int) -> Unit | None:
        """Take the next line and return the unit that ended before it, if one did."""
        line = text[start:end]
        fence = bool(_FENCE.match(line))
        ended = None
        if self._end and (self._fenced or fence or _breaks(self._previous, line, self._width)):
            ended, self._end = self.open, 0
        self._fenced ^= fence
        if not line.strip() or fence or _RULE.match(line):
            self._previous, self._end = "", 0
            return ended
        if not self._end:
            self._start, self._width, self._kind = start, 0, "code" if self._fenced else _kind(line)
        self._end, self._previous, self._width = end, line, max(self._width, len(line))
        return ended

    @property
    def open(self) -> Unit | None:
        """The unit of the last line, which the next one may go on with."""
        return Unit(self._start, self._end, self._kind) if self._end else None


def units(text: str) -> Iterator[Unit]:
    """Yield the units of `text` in order; rules, code fences and blank lines belong to none."""
    reader = UnitReader()
    for start, end in lines(text, 0, len(text)):
        if (unit := reader.read(text, start, end)) is not None:
            yield unit
    if reader.open is not None:
        yield reader.open


def lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of the lines of `text` from `start`, where a line begins, to `end`, without their newlines."""
    while start < end:
        newline = text.find("\n", start, end)
        stop = end if newline < 0 else newline
        yield start, stop
        start = stop + 1


def _kind(line: str) -> UnitKind:
    if _HEADING.match(line):
        return "heading"
    if ("|" in line or "\t" in line) and _ROW.match(line) or _tabular(line):
        return "row"
    return "item" if _ITEM.match(line) else "prose"


def _breaks(previous: str, line: str, width: int) -> bool:
    """Tell whether the newline before `line` ends what stands before it, instead of only wrapping it."""
    if not line.strip() or "\f" in line or _RULE.match(line) or _kind(line) != "prose":
        return True
    if _kind(previous) in ("heading", "row"):
        return True
    word = line.split(maxsplit=1)[0]
    if word[0].islower() or previous.rstrip()[-1:] in ",;-–—&":
        return False
    return len(previous.rstrip()) + 1 + len(word) < 0.7 * width or width < 40


def _tabular(line: str) -> bool:
    """Tell whether a line ends in two or more numbers, as rows of tables extracted from PDF do."""
    words = line.rsplit(maxsplit=2)  # a paragraph is one long line, whose words are many
    return len(words) > 2 and all(_NUMBER.match(word) for word in words[-2:])
