"""Workbooks: all visible sheets, each value as it is shown, with what a reader cannot see said at the end."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from data.errors import cause
from rag.errors import UnreadableDocument
from rag.read import Extract, TextBuilder, open_archive
from rag.read.table.lines import TableWriter
from rag.read.table.number_format import is_date_format, plain_number, shown_date, shown_number
from rag.read.table.sheet import SheetCounts, SheetReader, merged_ranges
from rag.read.table.side_by_side import apart

if TYPE_CHECKING:
    from openpyxl import Workbook  # type: ignore[import-untyped]

XLSX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHARTS = "xl/charts/chart"
_TABLE_PART = re.compile(rb'Target\s*=\s*"([^"]*tables/[^"]*\.xml)"')
_TABLE = re.compile(rb'<(?:\w+:)?table\b[^>]*\sref\s*=\s*"[A-Z]+(\d+)[^>]*>')


def read_xlsx(data: bytes) -> Extract:
    """Extract all visible sheets, each a heading; formulas give the value Excel stored, or themselves without one.

    :raises UnreadableDocument: the file is encrypted, broken, or no workbook.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

    builder = TextBuilder()
    try:
        with open_archive(data, "xl/workbook.xml", kind="XLSX") as archive:
            workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            hidden = _write_sheets(builder, workbook, archive)
            _write_rest(builder, hidden, list(_chart_titles(archive)))
            workbook.close()
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
        IndexError,
        EOFError,
        OSError,
    ) as error:
        raise UnreadableDocument(
            f"the workbook is damaged ({cause(error)}): open it in Excel and save it again."
        ) from error
    return builder.build(XLSX_MEDIA_TYPE)


def _write_sheets(builder: TextBuilder, workbook: Workbook, archive: ZipFile) -> list[str]:
    """Write the visible sheets; return the names of the others."""
    hidden = []
    values = _ShownValues(workbook)
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            hidden.append(sheet.title)
            continue
        path = str(sheet._worksheet_path).lstrip("/")
        with archive.open(path) as stream:
            merges = merged_ranges(stream)
        reader = SheetReader(values.text, merges, _head_rows(archive, path), values.bold)
        with archive.open(path) as stream:
            rows = reader.rows(stream)
            first = next(rows, None)
            if first is None:
                continue
            builder.heading(sheet.title, 1)
            TableWriter(builder).write(apart(first, rows))
        for note in _notes(reader.counts):
            builder.line(note)
        if reader.counts.formulas:
            builder.note(f"formulas of the sheet “{sheet.title}” have no stored value: {reader.counts.formulas}.")
    return hidden


def _write_rest(builder: TextBuilder, hidden: Sequence[str], charts: Sequence[str]) -> None:
    if hidden or charts:
        builder.mark("", 1)
        builder.line("")
    if hidden:
        names = ", ".join(f"“{name}”" for name in hidden)
        builder.line(f"Hidden sheets of this workbook, which are not read: {names}.")
        builder.note(f"hidden sheets are not read: {names}.")
    for title in charts:
        builder.line(f"Chart: {title}")


def _head_rows(archive: ZipFile, path: str) -> frozenset[int]:
    """Return the rows that hold the names of what Excel itself calls tables; files beside the sheet define these."""
    folder, _, name = path.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in archive.NameToInfo:
        return frozenset()
    found = set()
    for target in _TABLE_PART.findall(archive.read(relations)):
        part = posixpath.normpath(posixpath.join(folder, target.decode())).lstrip("/")
        if part in archive.NameToInfo:
            table = _TABLE.search(archive.read(part))
            if table and b'headerRowCount="0"' not in table[0]:
                found.add(int(table[1]))
    return frozenset(found)


def _notes(counts: SheetCounts) -> Iterator[str]:
    if counts.hidden_rows:
        yield f"Rows of this sheet that are hidden in the workbook: {counts.hidden_rows}."
    if counts.hidden_columns:
        yield f"Columns of this sheet that are hidden in the workbook: {counts.hidden_columns}."
    if counts.formulas:
        yield f"Formulas of this sheet without a stored value: {counts.formulas}."


def _chart_titles(archive: ZipFile) -> Iterator[str]:
    from openpyxl.xml.functions import fromstring  # type: ignore[import-untyped]

    names = [name for name in archive.namelist() if name.startswith(_CHARTS) and name.endswith(".xml")]
    for name in sorted(names, key=lambda name: (len(name), name)):
        for title in fromstring(archive.read(name)).iter():
            if str(title.tag).endswith("}title"):
                words = "".join(part.text or "" for part in title.iter() if str(part.tag).endswith("}t"))
                if words.strip():
                    yield " ".join(words.split())
                    break


class _ShownValues:
    """Turns raw values of cells into what the workbook shows."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._strings = workbook.worksheets[0]._shared_strings if workbook.worksheets else ()
        self._codes = [self._code(style) for style in workbook._cell_styles]
        self._dates = [is_date_format(code) for code in self._codes]
        fonts = workbook._fonts
        styles = enumerate(workbook._cell_styles)
        self.bold = frozenset(at for at, style in styles if fonts[style.fontId].b)

    def _code(self, style: Any) -> str:
        from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE  # type: ignore[import-untyped]

        number = style.numFmtId
        if number < BUILTIN_FORMATS_MAX_SIZE:
            return str(BUILTIN_FORMATS.get(number, "General"))
        formats = self._workbook._number_formats
        at = number - BUILTIN_FORMATS_MAX_SIZE
        return str(formats[at]) if at < len(formats) else "General"

    def text(self, value: str, kind: str, style: int) -> str:
        """Return the text of a raw value of type `kind` ("n", "s", "b", …)."""
        if kind == "s":
            return str(self._strings[int(value)])
        if kind == "b":
            return "TRUE" if value.strip() in ("1", "true") else "FALSE"
        if kind == "d":
            return value.removesuffix("T00:00:00").replace("T", " ")
        if kind != "n":
            return value
        return self._number(value, style if style < len(self._codes) else 0)

    def _number(self, value: str, style: int) -> str:
        from openpyxl.utils.datetime import from_excel  # type: ignore[import-untyped]

        number = float(value) if set(value) & set(".eE") else int(value)
        code = self._codes[style] if self._codes else "General"
        if not self._codes or not self._dates[style]:
            return shown_number(number, code)
        try:
            moment = from_excel(number, self._workbook.epoch, timedelta="[" in code and "[h" in code.casefold())
        except (OverflowError, ValueError):
            return plain_number(number)
        return shown_date(moment, code) if moment is not None else plain_number(number)
