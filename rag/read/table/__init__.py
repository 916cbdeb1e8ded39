"""Tables of all formats become lines in which each value carries the name of its column."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.read.table.delimited import read_csv, read_tsv
    from rag.read.table.workbook import read_xlsx

__all__ = ["read_csv", "read_tsv", "read_xlsx"]

__getattr__ = face(
    __name__,
    {
        "delimited": ["read_csv", "read_tsv"],
        "workbook": ["read_xlsx"],
    },
)
