"""Rows of other programs: JSON Lines, Langfuse, OpenTelemetry, read to records and written from them."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from data.interchange.formats import FORMATS, read_file
    from data.interchange.lines import ImportedFile, interchange_lines, read_interactions
    from data.interchange.payload import ANSWER_KEYS, QUESTION_KEYS, context, source_of, text_of

__all__ = [
    "ANSWER_KEYS",
    "FORMATS",
    "ImportedFile",
    "QUESTION_KEYS",
    "context",
    "interchange_lines",
    "read_file",
    "read_interactions",
    "source_of",
    "text_of",
]

__getattr__ = face(
    __name__,
    {
        "formats": ["FORMATS", "read_file"],
        "lines": ["ImportedFile", "interchange_lines", "read_interactions"],
        "payload": ["ANSWER_KEYS", "QUESTION_KEYS", "context", "source_of", "text_of"],
    },
)
