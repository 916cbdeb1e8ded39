"""Tables: workbooks and delimited text, one line per row, each value with the name of its column."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from data.errors import cause
from rag.errors import UnreadableDocument
from rag.read.archive import open_archive
from rag.read.extracted import Extract, TextBuilder
from rag.read.text import decode

if TYPE_CHECKING:
    from openpyxl import Workbook  # type: ignore[import-untyped]

XLSX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_MEDIA_TYPE = "text/csv"

_SAMPLE = 16_384
_FIELD_LIMIT = 2**24


def read_xlsx(data: bytes) -> Extract:
    """Extract all visible sheets, each a heading; formulas give the value Excel stored for them.

    :raises UnreadableDocument: the file is encrypted, broken, or no workbook.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

    open_archive(data, "xl/workbook.xml", kind="XLSX").close()
    builder = TextBuilder()
    try:
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        _write_sheets(builder, workbook)
        workbook.close()
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
        EOFError,
        OSError,
    ) as error:
        raise UnreadableDocument(
            f"the workbook is damaged ({cause(error)}): open it in Excel and save it again."
        ) from error
    return builder.build(XLSX_MEDIA_TYPE)


def read_csv(data: bytes) -> Extract:
    """Extract comma-, semicolon-, tab- or bar-separated text; the first row names the columns unless it holds numbers.

    :raises UnreadableDocument: a quoted field never ends, or the text cannot be decoded.
    """
    text = decode(data).removeprefix("\ufeff")
    try:
        dialect: Any = csv.Sniffer().sniff(text[:_SAMPLE], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    csv.field_size_limit(_FIELD_LIMIT)
    builder = TextBuilder()
    try:
        for line in _named_rows(csv.reader(io.StringIO(text, newline=""), dialect)):
            builder.line(line)
    except csv.Error as error:
        raise UnreadableDocument(f"the table cannot be read ({cause(error)}): check its quotes.") from error
    return builder.build(CSV_MEDIA_TYPE)


def _write_sheets(builder: TextBuilder, workbook: Workbook) -> None:
    for sheet in workbook.worksheets:
        lines = list(_named_rows(sheet.iter_rows(values_only=True))) if sheet.sheet_state == "visible" else []
        if lines:
            builder.heading(sheet.title, 1)
            for line in lines:
                builder.line(line)


def _named_rows(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield "column: value | column: value" for each row; without a row of names, the values alone."""
    names: list[str] | None = None
    for row in rows:
        values = [_shown(value) for value in row]
        if not any(values):
            continue
        if names is None:
            names = values if _names_columns(row) else []
            if names:
                yield " | ".join(value for value in values if value)
                continue
        pairs = zip_longest(names, values, fillvalue="")
        yield " | ".join(f"{name}: {value}" if name else value for name, value in pairs if value)


def _names_columns(row: Sequence[object]) -> bool:
    filled = [value for value in row if _shown(value)]
    return len(filled) > 1 and all(isinstance(value, str) and not _is_number(value) for value in filled)


def _is_number(value: str) -> bool:
    try:
        float(value.replace(",", "").replace("%", ""))
    except ValueError:
        return False
    return True


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return " ".join(str(value).split())
