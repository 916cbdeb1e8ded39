"""Markdown: the text as it stands, with the headings it marks up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from rag.read.extracted import Extract, TextMark, heading_spans
from rag.read.table import table_marks
from rag.read.text import decode

MARKDOWN_TYPE = "text/markdown"

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|$)")
_TITLE = re.compile(r"^title:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})(.*)")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_NO_PARAGRAPH = re.compile(r"[ \t]*(?:[-*+>|#]|\d+[.)][ \t]|$)|    |\t|.*\|")
_MARKUP = [
    (re.compile(r"<[^>]*>|\{[^}]*\}|[*`]+|(?<!\w)_|_(?!\w)"), ""),
    (re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?"), r"\1"),
]


def read_markdown(data: bytes) -> Extract:
    """Decode Markdown and find its headings, ATX ("# A") and setext (underlined), outside code fences.

    The title of the front matter is the uppermost heading of a page that has none of level 1.
    """
    text = decode(data)
    marks = sorted([*_marks(text), *table_marks(text)], key=lambda mark: mark.start)
    title = _TITLE.search(text, 0, front_matter_end(text))
    if title and not any(mark.level == 1 for mark in marks):
        marks.insert(0, TextMark(front_matter_end(text), 0, _plain(title[1].strip("\"'"))))
    return Extract(text, headings=heading_spans(marks, len(text)), media_type=MARKDOWN_TYPE)


def front_matter_end(text: str) -> int:
    """Return where the YAML block at the beginning of `text` ends; 0 when there is none."""
    match = _FRONT_MATTER.match(text)
    return match.end() if match else 0


def _marks(text: str) -> Iterator[TextMark]:
    position = front_matter_end(text)
    previous = before_previous = ""
    fence = ""
    for line in text[position:].split("\n"):
        fence, inside = _after_line(fence, line)
        if inside:
            before_previous, previous = previous, ""
        else:
            mark = _mark_at(position, line, previous, before_previous)
            before_previous, previous = (previous, line) if mark is None else ("", "")
            if mark is not None:
                yield mark
        position += len(line) + 1


def _after_line(fence: str, line: str) -> tuple[str, bool]:
    """Return the code fence that is open after `line`, and whether `line` belongs to fenced code."""
    match = _FENCE.match(line)
    if not match:
        return fence, bool(fence)
    if not fence:
        return ("", False) if match[1][0] == "`" and "`" in match[2] else (match[1], True)
    closes = match[1][0] == fence[0] and len(match[1]) >= len(fence) and not match[2].strip()
    return ("" if closes else fence), True


def _mark_at(position: int, line: str, previous: str, before_previous: str) -> TextMark | None:
    atx = _ATX.match(line)
    if atx:
        return TextMark(position, len(atx[1]), _plain(atx[2] or ""))
    setext = _SETEXT.match(line)
    if setext and not before_previous.strip() and not _NO_PARAGRAPH.match(previous):
        return TextMark(position - len(previous) - 1, 1 if setext[1][0] == "=" else 2, _plain(previous))
    return None


def _plain(title: str) -> str:
    for pattern, replacement in _MARKUP:
        title = pattern.sub(replacement, title)
    return " ".join(unescape(title).split())
