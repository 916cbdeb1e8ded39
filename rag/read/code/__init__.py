"""Source code: definitions become headings, told by a grammar or by their shape."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.read.code.source import (
        code_reader,
        definitions_told_by,
        is_source,
        read_python,
        read_source,
        read_sql,
    )

__all__ = [
    "code_reader",
    "definitions_told_by",
    "is_source",
    "read_python",
    "read_source",
    "read_sql",
]

__getattr__ = face(
    __name__,
    {
        "source": [
            "code_reader",
            "definitions_told_by",
            "is_source",
            "read_python",
            "read_source",
            "read_sql",
        ],
    },
)
