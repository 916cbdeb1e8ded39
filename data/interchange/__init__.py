"""Files of other programs, in all formats that are known, read to records; and records written for them."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from data.interchange.contents import ImportedFile
    from data.interchange.formats import FORMATS, read_file
    from data.interchange.lines import interchange_lines, read_interactions

__all__ = [
    "FORMATS",
    "ImportedFile",
    "interchange_lines",
    "read_file",
    "read_interactions",
]

__getattr__ = face(
    __name__,
    {
        "formats": ["FORMATS", "read_file"],
        "contents": ["ImportedFile"],
        "lines": ["interchange_lines", "read_interactions"],
    },
)
