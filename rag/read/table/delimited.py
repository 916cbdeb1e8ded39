"""Delimited text: one line per record, each value with the name of its column."""

from __future__ import annotations

from rag.read import Extract, TextBuilder, decode
from rag.read.table.dialect import CsvDialect, find_dialect
from rag.read.table.grid import GridRow, one_line
from rag.read.table.lines import TableWriter

CSV_MEDIA_TYPE = "text/csv"
_TAB = ("\t",)


def read_csv(data: bytes) -> Extract:
    """Extract comma-, semicolon-, tab- or bar-separated text, whichever its records speak for.

    :raises UnreadableDocument: the text cannot be decoded.
    """
    text = decode(data).removeprefix("\ufeff")
    return _read(text, find_dialect(text))


def read_tsv(data: bytes) -> Extract:
    """Extract tab-separated text.

    :raises UnreadableDocument: the text cannot be decoded.
    """
    text = decode(data).removeprefix("\ufeff")
    return _read(text, find_dialect(text, _TAB))


def _read(text: str, dialect: CsvDialect) -> Extract:
    builder = TextBuilder()
    mended: list[str] = []
    TableWriter(builder).write(map(_row, dialect.records(text, mended)))
    if mended:
        builder.note(f"lines whose quotes do not close are cut at each {dialect.delimiter!r}: {len(mended)}.")
    return builder.build(CSV_MEDIA_TYPE)


def _row(record: list[str]) -> GridRow:
    return GridRow(record if _is_even("|".join(record)) else [one_line(cell) for cell in record])


def _is_even(cells: str) -> bool:
    """Tell whether cells joined by bars are lines without a space too many; that is quicker than to mend each."""
    return (
        cells.isprintable() and "  " not in cells and " |" not in cells and "| " not in cells and cells == cells.strip()
    )
