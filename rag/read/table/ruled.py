"""Tables of PDF pages that have ruling lines: cells are the places between the lines.

The text of the page stays in its order. Where it holds all words of a table row by row, these are replaced by rows that
name their values. Where it does not, because words of neighbouring cells are mixed, the page stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ctypes import byref, c_float
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.read import TextBuilder
from rag.read.table.grid import SpanCell, SpanRow, filled_rows
from rag.read.table.head import find_head
from rag.read.table.kinds import kind_of
from rag.read.table.lines import write_table

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

_THIN = 2.5
"""Points: a thicker bar is no line."""
_NEAR = 2.0
"""Points: lines nearer to each other than that are one."""
_SHORTEST = 5.0
_FEWEST = 3
_CLOSED = 0.9
_MOST_OBJECTS = 5_000
_MOST_LINES = 2_000
_MOST_PLACES = 1_000


@dataclass(frozen=True, slots=True)
class RulingLine:
    """A line at `at`, from `start` to `end`; across the page, or up."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class _Letter:
    letter: str
    across: float
    up: float


@dataclass(frozen=True, slots=True)
class RuledGrid:
    """The lines of one table; columns from left to right, rows from top to bottom."""

    across: Sequence[RulingLine]
    up: Sequence[RulingLine]

    @property
    def columns(self) -> list[float]:
        """Where columns begin and end."""
        return _places(line.at for line in self.up)

    @property
    def rows(self) -> list[float]:
        """Where rows begin and end, from the top."""
        return _places(line.at for line in self.across)[::-1]


def with_named_rows(page: PdfPage, text_page: PdfTextPage, text: str) -> str:
    """Return the text of a page with the rows of its ruled tables written as named values."""
    grids = list(_grids(*_lines(page)))
    letters = _letters(text_page) if grids else []
    for grid in grids:
        rows = _cells(grid, letters)
        found = _find(text, [cell.text for row in rows for cell in row.cells])
        if found is not None and _is_sure(rows):
            builder = TextBuilder()
            write_table(builder, filled_rows(rows))
            named = builder.build("").text.strip("\n")
            start, end = found
            text = f"{text[:start].rstrip()}\n\n{named}\n\n{text[end:].lstrip()}".strip("\n")
    return text


def _lines(page: PdfPage) -> tuple[list[RulingLine], list[RulingLine]]:
    """Return the lines across and up; a drawn rectangle gives its four sides."""
    from pypdfium2 import raw

    across: list[RulingLine] = []
    up: list[RulingLine] = []
    count = raw.FPDFPage_CountObjects(page.raw)
    for place in range(count if count <= _MOST_OBJECTS else 0):
        item = raw.FPDFPage_GetObject(page.raw, place)
        if raw.FPDFPageObj_GetType(item) != raw.FPDF_PAGEOBJ_PATH:
            continue
        sides = [c_float() for _ in range(4)]
        raw.FPDFPageObj_GetBounds(item, *map(byref, sides))
        left, bottom, right, top = (side.value for side in sides)
        wide, high = right - left, top - bottom
        if high <= _THIN and wide >= _SHORTEST:
            across.append(RulingLine((top + bottom) / 2, left, right))
        elif wide <= _THIN and high >= _SHORTEST:
            up.append(RulingLine((left + right) / 2, bottom, top))
        elif wide >= _SHORTEST and high >= _SHORTEST:
            across += [RulingLine(bottom, left, right), RulingLine(top, left, right)]
            up += [RulingLine(left, bottom, top), RulingLine(right, bottom, top)]
    return across[:_MOST_LINES], up[:_MOST_LINES]


def _grids(across: list[RulingLine], up: list[RulingLine]) -> Iterator[RuledGrid]:
    """Yield groups of lines that meet, from the top, where they are a table of several rows and columns."""
    group = list(range(len(across) + len(up)))

    def leader(at: int) -> int:
        while group[at] != at:
            group[at] = group[group[at]]
            at = group[at]
        return at

    for one, line in enumerate(across):
        for other, side in enumerate(up):
            if _meet(line, side):
                group[leader(one)] = leader(len(across) + other)
    tables: dict[int, RuledGrid] = {}
    for at in dict.fromkeys(map(leader, range(len(group)))):
        lying = [line for one, line in enumerate(across) if leader(one) == at]
        standing = [line for other, line in enumerate(up) if leader(len(across) + other) == at]
        grid = RuledGrid(lying, standing)
        if _is_closed(grid):
            tables[at] = grid
    yield from sorted(tables.values(), key=lambda grid: -grid.rows[0])


def _is_closed(grid: RuledGrid) -> bool:
    """Tell whether nearly all places have lines around them: lines under sums and links close no cells."""
    columns, rows = grid.columns, grid.rows
    if len(rows) < _FEWEST or len(columns) < _FEWEST or len(rows) * len(columns) > _MOST_PLACES:
        return False
    sides = [_crosses(grid.up, at, top, low) for at in columns for top, low in pairwise(rows)]
    sides += [_crosses(grid.across, at, left, right) for at in rows for left, right in pairwise(columns)]
    return sum(sides) >= _CLOSED * len(sides)


def _is_sure(rows: Sequence[SpanRow]) -> bool:
    """Tell whether words or years name all columns, and only groups of names span several of these."""
    names = find_head(filled_rows(rows)).names
    worded = all(kind_of(name) in ("", "text", "code", "year") and re.search(r"\w", name) for name in names if name)
    return bool(names) and worded and all(cell.columns == 1 for row in rows[1:] for cell in row.cells)


def _meet(line: RulingLine, side: RulingLine) -> bool:
    return line.start - _NEAR <= side.at <= line.end + _NEAR and side.start - _NEAR <= line.at <= side.end + _NEAR


def _places(values: Iterator[float]) -> list[float]:
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _NEAR:
            places.append(value)
    return places


def _letters(text_page: PdfTextPage) -> list[_Letter]:
    """Return the letters of a page with their middles; a space stands where the letter before it does."""
    from pypdfium2 import raw

    found: list[_Letter] = []
    across = up = 0.0
    for place in range(text_page.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(text_page.raw, place))
        if not letter.isspace():
            left, bottom, right, top = text_page.get_charbox(place)
            across, up = (left + right) / 2, (bottom + top) / 2
        found.append(_Letter(letter, across, up))
    return found


def _cells(grid: RuledGrid, letters: Sequence[_Letter]) -> list[SpanRow]:
    """Return the cells row by row; where no line stands between two places, one cell covers both."""
    columns, rows = grid.columns, grid.rows
    taken: set[tuple[int, int]] = set()
    inside = [one for one in letters if columns[0] < one.across < columns[-1] and rows[-1] < one.up < rows[0]]
    read: list[SpanRow] = []
    for row in range(len(rows) - 1):
        cells: list[SpanCell] = []
        for column in range(len(columns) - 1):
            if (row, column) in taken:
                continue
            right, below = column + 1, row + 1
            start, end = columns[column], columns[column + 1]
            while right < len(columns) - 1 and not _crosses(grid.up, columns[right], rows[row], rows[row + 1]):
                right += 1
            while below < len(rows) - 1 and not _crosses(grid.across, rows[below], start, end):
                below += 1
            taken.update((r, c) for r in range(row, below) for c in range(column, right))
            words = (
                one.letter for one in inside if start < one.across < columns[right] and rows[below] < one.up < rows[row]
            )
            cells.append(SpanCell(" ".join("".join(words).split()), right - column, below - row))
        read.append(SpanRow(cells))
    return read


def _crosses(lines: Sequence[RulingLine], at: float, start: float, end: float) -> bool:
    """Tell whether a line at `at` covers the middle between `start` and `end`."""
    middle = (start + end) / 2
    return any(abs(line.at - at) <= _NEAR and line.start <= middle <= line.end for line in lines)


def _find(text: str, cells: Sequence[str]) -> tuple[int, int] | None:
    """Return where the letters of `cells` stand in `text` one after the other, if no border of a cell cuts a word."""
    letters = [(at, letter) for at, letter in enumerate(text) if not letter.isspace()]
    wanted = "".join("".join(cells).split())
    start = "".join(letter for _, letter in letters).find(wanted) if wanted else -1
    if start < 0:
        return None
    place = start
    for cell in filter(None, cells):
        before = letters[place - 1] if place else (-2, " ")
        if before[0] == letters[place][0] - 1 and before[1].isalpha() and letters[place][1].isalpha():
            return None
        place += len("".join(cell.split()))
    return letters[start][0], letters[place - 1][0] + 1
