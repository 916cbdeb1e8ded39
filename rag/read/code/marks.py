"""Where a definition begins and ends, however it was found."""

from __future__ import annotations

import re

from rag.read import TextMark

DEEPEST = 8
"""Definitions nested deeper are part of what holds them."""
_ACCESS = re.compile(r"\s*(?:public|private|protected|signals|slots|\s)+:\s*\Z")
_REST_OF_LINE = re.compile(r"[ \t;,)]*(?:\n|\Z)")


def top_line(text: str, begin: int, line: int) -> int:
    """Return the first of the lines without a blank one between that stand above a line, after what ended at begin."""
    while line > begin:
        above = text.rfind("\n", 0, line - 1) + 1
        words = text[above : line - 1]
        if above < begin or not words.strip() or _ACCESS.match(words):
            break
        line = above
    return line


def close_mark(marks: list[TextMark], text: str, last: int, closed: TextMark, *, holds: bool) -> None:
    """Add the mark where the text returns to what holds the definition that ends at `closed`.

    `last` is where the last word of the definition begins, such as a brace. Of one that `holds` others this word alone
    is no passage: it stays with the last definition inside.
    """
    if holds and marks and not marks[-1].title and not text[marks[-1].start : last].strip():
        marks.pop()
    rest = _REST_OF_LINE.match(text, closed.start)
    marks.append(TextMark(rest.end() if rest else closed.start, closed.level, ""))
