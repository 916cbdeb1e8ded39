"""Tables of all formats become lines in which each value carries the name of its column."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.read.table.delimited import read_csv, read_tsv
    from rag.read.table.grid import GridRow, SpanCell, SpanRow, filled_rows, one_line
    from rag.read.table.lines import write_table
    from rag.read.table.markdown import table_marks
    from rag.read.table.ruled import with_named_rows
    from rag.read.table.workbook import read_xlsx

__all__ = [
    "GridRow",
    "SpanCell",
    "SpanRow",
    "filled_rows",
    "one_line",
    "read_csv",
    "read_tsv",
    "read_xlsx",
    "table_marks",
    "with_named_rows",
    "write_table",
]

__getattr__ = face(
    __name__,
    {
        "delimited": ["read_csv", "read_tsv"],
        "grid": ["GridRow", "SpanCell", "SpanRow", "filled_rows", "one_line"],
        "lines": ["write_table"],
        "markdown": ["table_marks"],
        "ruled": ["with_named_rows"],
        "workbook": ["read_xlsx"],
    },
)
