"""The parts of a document that a passage never crosses: pages, and the scopes of headings."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from data.records import Document, Span
from rag.read import MARKDOWN_TYPE, front_matter_end

_TAG = re.compile(r"<[^>]*>|\{[%:{].*?\}|[#*_=|-]")
_VISIBLE = re.compile(r"[^\s\ufeff]")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """A half-open span on one page and under one heading path."""

    start: int
    end: int
    page: int | None
    heading: str


def sections(document: Document) -> list[DocumentSection]:
    """Return the sections that hold visible text, in order; front matter is left out.

    A heading without text of its own is joined to the section after it when that lies under it, and so are lines that
    hold nothing but markup: as passages they would match questions and answer none.
    """
    joined: list[DocumentSection] = []
    for section in _cut(document):
        if joined and joined[-1].page == section.page and _is_opening(document.text, joined[-1], section):
            joined[-1] = replace(section, start=joined[-1].start)
        else:
            joined.append(section)
    return joined


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return ``(start, end)`` without white space and byte order marks at its ends."""
    while start < end and (text[start].isspace() or text[start] == "\ufeff"):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] == "\ufeff"):
        end -= 1
    return start, end


def _cut(document: Document) -> Iterator[DocumentSection]:
    text = document.text
    begin = front_matter_end(text) if document.media_type == MARKDOWN_TYPE else 0
    borders = {begin, len(text)}
    for span in (*document.pages, *document.headings):
        borders.update((max(begin, span.start), max(begin, span.end)))
    ordered = sorted(borders)
    for start, end in zip(ordered, ordered[1:], strict=False):
        if _VISIBLE.search(text, start, end):
            page = _label_at(document.pages, start)
            yield DocumentSection(start, end, int(page) if page else None, _label_at(document.headings, start))


def _label_at(spans: Sequence[Span], position: int) -> str:
    index = bisect_right(spans, position, key=lambda span: span.start) - 1
    return spans[index].label if index >= 0 and position < spans[index].end else ""


def _is_opening(text: str, section: DocumentSection, following: DocumentSection) -> bool:
    """Tell whether `section` is only a heading above `following`, or only markup."""
    words = _TAG.sub("", text[section.start : section.end]).strip()
    if not _WORD.search(words):
        return True
    title = section.heading.rpartition(" > ")[2]
    return following.heading.startswith(f"{section.heading} > ") and _letters(words) == _letters(title)


def _letters(words: str) -> str:
    return "".join(_WORD.findall(words)).lower()
