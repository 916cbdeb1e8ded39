"""The cells of one sheet of a workbook, row by row, by where they stand and not by what the file says of its size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rag.read.table.grid import GridRow, one_line

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s+ref\s*=\s*"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d*)")
_WIDE = 1_024
"""Columns further right are put behind each other: a stray cell in the last column makes no row of 16,384."""
_MOST_MERGED_COLUMNS = 256
_MOST_MERGES = 20_000
_PIECE = 2**20
_OVERLAP = 64


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A rectangle of cells that shows the value of its first; rows and columns count from 1 and belong to it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class SheetCounts:
    """What a reader of the sheet should be told."""

    hidden_rows: int = 0
    hidden_columns: int = 0
    formulas: int = 0
    """Formulas without a stored value."""


@dataclass(slots=True)
class SheetReader:
    """Reads the rows of a sheet; `shown` turns a raw value with its type and style into text."""

    shown: Callable[[str, str, int], str]
    merges: Sequence[MergedRange] = ()
    heads: frozenset[int] = frozenset()
    bold: frozenset[int] = frozenset()
    """Styles in bold letters."""
    counts: SheetCounts = field(default_factory=SheetCounts)
    _row: int = 0
    _open: dict[MergedRange, str] = field(default_factory=dict)

    def rows(self, stream: Any) -> Iterator[GridRow]:
        """Yield the rows that hold something; an empty one stands for all that are missing between two."""
        from openpyxl.xml.functions import iterparse  # type: ignore[import-untyped]

        starting = sorted(self.merges, key=lambda merge: -merge.top)
        for _, element in iterparse(stream):
            tag = element.tag.rpartition("}")[2]
            if tag == "row":
                before = self._row
                row = self._read(element, starting)
                if row is not None:
                    if self._row > before + 1 and before:
                        yield GridRow(())
                    yield row
                element.clear()
            elif tag == "col" and element.get("hidden") in ("1", "true"):
                self.counts.hidden_columns += _span(element)
            if tag in ("row", "sheetData", "mergeCell", "conditionalFormatting", "dataValidation"):
                _forget(element)

    def _read(self, element: Any, starting: list[MergedRange]) -> GridRow | None:
        number = _whole_number(element.get("r"), self._row + 1)
        cells: dict[int, str] = {}
        bold = filled = 0
        column = 0
        for cell in element:
            column = _column(cell.get("r"), column + 1)
            text = self._text(cell)
            if text:
                cells[column] = text
                filled += 1
                bold += _whole_number(cell.get("s"), 0) in self.bold
        copied, below = self._merge(number, cells, starting)
        if not cells:
            return None
        self._row = number
        if element.get("hidden") in ("1", "true"):
            self.counts.hidden_rows += 1
        return _grid_row(cells, copied, below, head=number in self.heads, bold=bold == filled > 0)

    def _text(self, cell: Any) -> str:
        kind = cell.get("t", "n")
        value = formula = None
        for child in cell:
            tag = child.tag.rpartition("}")[2]
            if tag == "v":
                value = child.text
            elif tag == "f":
                formula = child.text or ""
            elif tag == "is":
                return one_line("".join(part.text or "" for part in _shown_texts(child)))
        if value is None or value == "" and kind != "str":
            if formula is None:
                return ""
            self.counts.formulas += 1
            return one_line(f"={formula}") if formula else ""
        return one_line(self.shown(value, kind, _whole_number(cell.get("s"), 0)))

    def _merge(
        self, number: int, cells: dict[int, str], starting: list[MergedRange]
    ) -> tuple[frozenset[int], frozenset[int]]:
        """Fill what merged cells cover in this row; return the columns filled from the left and from above."""
        while starting and starting[-1].top <= number:
            merge = starting.pop()
            text = cells.get(merge.left, "") if merge.top == number else ""
            if text and merge.bottom >= number:
                self._open[merge] = text
        copied: set[int] = set()
        below: set[int] = set()
        for merge, text in list(self._open.items()):
            if merge.bottom < number:
                del self._open[merge]
                continue
            for column in range(merge.left, min(merge.right, merge.left + _MOST_MERGED_COLUMNS) + 1):
                cells[column] = text
                if column > merge.left:
                    copied.add(column)
                if number > merge.top:
                    below.add(column)
        return frozenset(copied), frozenset(below)


def merged_ranges(stream: Any) -> list[MergedRange]:
    """Return the merged cells of a sheet, which its file lists behind all rows, without parsing these."""
    found: list[MergedRange] = []
    rest = b""
    while (piece := stream.read(_PIECE)) and len(found) < _MOST_MERGES:
        text = rest + piece
        end = 0
        for match in _MERGE.finditer(text):
            left, right = _letters(match[1].decode()), _letters(match[3].decode())
            found.append(MergedRange(int(match[2]), left, int(match[4]), right))
            end = match.end()
        rest = text[max(end, len(text) - _OVERLAP) :]
    return found[:_MOST_MERGES]


def _grid_row(
    cells: dict[int, str], copied: frozenset[int], below: frozenset[int], *, head: bool, bold: bool
) -> GridRow:
    near = [column for column in cells if column <= _WIDE]
    texts = [""] * max(near, default=0)
    for column in near:
        texts[column - 1] = cells[column]
    texts.extend(cells[column] for column in sorted(cells) if column > _WIDE)
    return GridRow(
        texts,
        frozenset(column - 1 for column in copied if column <= _WIDE),
        frozenset(column - 1 for column in below if column <= _WIDE),
        head,
        bold,
    )


def _shown_texts(element: Any) -> Iterator[Any]:
    """Yield the texts of a rich string, without the readings above Japanese words."""
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag == "t":
            yield child
        elif tag == "r":
            yield from _shown_texts(child)


def _column(reference: str | None, following: int) -> int:
    match = _REFERENCE.match(reference or "")
    return _letters(match[1]) if match else following


def _letters(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def _whole_number(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text else otherwise
    except ValueError:
        return otherwise


def _span(element: Any) -> int:
    first, last = _whole_number(element.get("min"), 1), _whole_number(element.get("max"), 1)
    return last - first + 1 if last - first < _WIDE else 0


def _forget(element: Any) -> None:
    """Let go of elements that were read: lxml keeps them at their parent."""
    if not hasattr(element, "getprevious"):
        return
    while (before := element.getprevious()) is not None:
        element.getparent().remove(before)
