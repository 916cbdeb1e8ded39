"""Rows of cells as a file gives them, with merged cells filled in all directions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_NONE: frozenset[int] = frozenset()
_MOST_COLUMNS = 1_000
"""HTML's own limit of what one cell may span; wider ones are attacks or mistakes."""
_MOST_COPIES = 1_000_000
"""How many cells merged ones may fill in one table."""


class GridRow(NamedTuple):
    """The texts of one row, each on one line; a million of them are made for a large file.

    `copied` are the columns that only repeat the cell to their left, because it spans them; `below` those that repeat
    the cell above them. `head` tells that the file marks the row as names of columns, `bold` that it stands out, and
    `label` that its first cell is marked as the name of the row.
    """

    texts: Sequence[str]
    copied: frozenset[int] = _NONE
    below: frozenset[int] = _NONE
    head: bool = False
    bold: bool = False
    label: bool = False

    @property
    def filled(self) -> list[int]:
        """The columns of its own cells that hold something."""
        return [at for at, text in enumerate(self.texts) if text and at not in self.copied]


@dataclass(frozen=True, slots=True)
class SpanCell:
    """A cell and how many columns and rows it spans."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class SpanRow:
    """The cells that one row of a file gives, without those that cells above or beside them cover."""

    cells: Sequence[SpanCell]
    head: bool = False
    bold: bool = False
    label: bool = False


@dataclass(slots=True)
class _MergedArea:
    """What cells above still cover: for each column the text and how many rows it goes on."""

    rest: dict[int, tuple[str, int, bool]] = field(default_factory=dict)
    copies: int = 0


def one_line(text: str) -> str:
    """Return a text with each run of white space as one space."""
    return " ".join(text.split())


def filled_rows(rows: Iterable[SpanRow]) -> list[GridRow]:
    """Lay cells that span rows and columns out on a grid; each place they cover holds their text."""
    covered = _MergedArea()
    return [_laid_out(row, covered) for row in rows]


def _laid_out(row: SpanRow, covered: _MergedArea) -> GridRow:
    texts: list[str] = []
    copied: set[int] = set()
    below: set[int] = set()
    following: dict[int, tuple[str, int, bool]] = {}
    for cell in row.cells:
        _take_covered(texts, copied, below, covered.rest, following)
        text = one_line(cell.text)
        for place in range(max(1, min(cell.columns, _MOST_COLUMNS, _MOST_COPIES - covered.copies))):
            if place and len(texts) in covered.rest:
                break
            if place:
                copied.add(len(texts))
            if cell.rows > 1:
                following[len(texts)] = text, cell.rows - 1, place > 0
            covered.copies += place > 0 or cell.rows > 1
            texts.append(text)
    _take_covered(texts, copied, below, covered.rest, following)
    last = max(covered.rest, default=-1)
    while len(texts) <= last:
        texts.append("")
        _take_covered(texts, copied, below, covered.rest, following)
    covered.rest = following
    return GridRow(texts, frozenset(copied), frozenset(below), row.head, row.bold, row.label)


def _take_covered(
    texts: list[str],
    copied: set[int],
    below: set[int],
    rest: dict[int, tuple[str, int, bool]],
    following: dict[int, tuple[str, int, bool]],
) -> None:
    while (at := len(texts)) in rest:
        text, rows, beside = rest.pop(at)
        texts.append(text)
        below.add(at)
        if beside:
            copied.add(at)
        if rows > 1:
            following[at] = text, rows - 1, beside
