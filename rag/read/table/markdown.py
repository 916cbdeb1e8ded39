"""Tables of Markdown stay as they stand in the file; the names of their columns are a heading of long ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.read import TextMark
from rag.read.table.grid import one_line

_TABLE = re.compile(
    r"^(?P<names>[^\n|]*+\|[^\n]*+)\n"
    r"[ \t>]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+\n"
    r"(?:[^\n|]*+\|[^\n]*+(?:\n|\Z))++",
    re.MULTILINE,
)
_BAR = re.compile(r"(?<!\\)\|")
_MARKS = re.compile(r"[*`]+|<[^>]*>")
_LONG = 800
_LEVEL = 7
_LONGEST_NAMES = 300


def table_marks(text: str) -> Iterator[TextMark]:
    """Yield for each table that no passage holds whole the names of its columns, as a heading that ends with it."""
    for table in _TABLE.finditer(text):
        names = [one_line(_MARKS.sub("", name)) for name in _BAR.split(table["names"].strip(" \t>").strip("|"))]
        shown = " | ".join(names)
        if len(table[0]) > _LONG and len(shown) <= _LONGEST_NAMES:
            yield TextMark(table.start(), _LEVEL, shown)
            yield TextMark(table.end(), _LEVEL, "")
