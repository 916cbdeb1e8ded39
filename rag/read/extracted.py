"""What every reader returns, and the builder that keeps spans exact while text is put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from data.records import Span
from data.text import composed

_SOFT_HYPHEN = "\u00ad"
"""It shows nothing and only tells where a word may break; formats that lay text out are full of it."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of one file with its pages and headings as spans of that text.

    `notes` are sentences on what of the file is not in the text, such as pages without a text layer.
    """

    text: str
    pages: tuple[Span, ...] = ()
    headings: tuple[Span, ...] = ()
    media_type: str = "text/plain"
    notes: tuple[str, ...] = ()


def composed_extract(extract: Extract) -> Extract:
    """Return an extract with composed letters (NFC) and its spans where their text then stands.

    A letter and its accent look the same composed and apart, and only alike are they found. Text between two borders of
    spans is composed by itself.
    """
    if composed(extract.text) is extract.text and all(composed(span.label) is span.label for span in extract.headings):
        return extract
    spans = (*extract.pages, *extract.headings)
    borders = sorted({0, len(extract.text), *(span.start for span in spans), *(span.end for span in spans)})
    places, parts, length = {0: 0}, [], 0
    for start, end in pairwise(borders):
        parts.append(composed(extract.text[start:end]))
        length += len(parts[-1])
        places[end] = length
    moved = [Span(places[span.start], places[span.end], composed(span.label)) for span in spans]
    pages, headings = moved[: len(extract.pages)], moved[len(extract.pages) :]
    return replace(extract, text="".join(parts), pages=tuple(pages), headings=tuple(headings))


@dataclass(frozen=True, slots=True)
class TextMark:
    """A heading line: where it starts, how deep it is (1 is the top), and its words."""

    start: int
    level: int
    title: str


def heading_spans(marks: Sequence[TextMark], length: int) -> tuple[Span, ...]:
    """Return the heading path in force from each mark to the next one, or to `length` after the last.

    A heading closes all headings of its own or a deeper level; `marks` are in order of `start`.
    """
    spans: list[Span] = []
    path: list[TextMark] = []
    for index, mark in enumerate(marks):
        path = [*(open_mark for open_mark in path if open_mark.level < mark.level), mark]
        end = marks[index + 1].start if index + 1 < len(marks) else length
        label = " > ".join(open_mark.title for open_mark in path if open_mark.title)
        if end > mark.start and label:
            spans.append(Span(mark.start, end, label))
    return tuple(spans)


class TextBuilder:
    """Collects lines of text, and notes where headings and pages begin."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._marks: list[TextMark] = []
        self._pages: list[Span] = []
        self._notes: list[str] = []

    @property
    def length(self) -> int:
        """Number of characters so far."""
        return self._length

    def line(self, text: str) -> None:
        """Add a line; an empty one separates paragraphs, and no two of these follow each other."""
        if not text and (not self._parts or self._parts[-1] == "\n"):
            return
        self._add(text.replace(_SOFT_HYPHEN, ""))

    def _add(self, text: str) -> None:
        self._parts.append(text + "\n" if text else "\n")
        self._length += len(self._parts[-1])

    def title_last_line(self, is_title: Callable[[str], bool], level: int) -> bool:
        """Make the last line a heading of what follows, if it is a title and stands under no heading of its own."""
        at = next(
            (at for at in (len(self._parts) - 1, len(self._parts) - 2) if at >= 0 and self._parts[at] != "\n"), None
        )
        if at is None or not is_title(self._parts[at]):
            return False
        start = self._length - sum(map(len, self._parts[at:]))
        if self._marks and self._marks[-1].start >= start:
            return False
        self._marks.append(TextMark(start, level, " ".join(self._parts[at].split())))
        return True

    def heading(self, title: str, level: int) -> None:
        """Add a heading line of its own paragraph."""
        words = " ".join(title.split())
        self.line("")
        self.mark(words, level)
        self.line(words)
        self.line("")

    def mark(self, title: str, level: int) -> None:
        """Note that a heading begins here without writing its words."""
        self._marks.append(TextMark(self._length, level, title.replace(_SOFT_HYPHEN, "")))

    def note(self, sentence: str) -> None:
        """Say what of the file is not in the text."""
        self._notes.append(sentence)

    def append(self, part: Extract, level: int = 1) -> None:
        """Add what another reader extracted as paragraphs of their own, its headings below those above `level`."""
        self.line("")
        words = part.text.lstrip("\n")
        offset = self._length - (len(part.text) - len(words))
        for span in part.headings:
            self._marks.append(TextMark(max(self._length, offset + span.start), level, span.label))
        if words.rstrip("\n"):
            self._add(words.rstrip("\n"))
        self.line("")
        self._notes.extend(part.notes)

    def close_page(self, start: int, label: str) -> None:
        """Note that everything from `start` on is the page `label`, and separate the next page from it."""
        self._pages.append(Span(start, self._length, label))
        self._parts.append("\f\n")
        self._length += 2

    def build(self, media_type: str) -> Extract:
        """Return what was collected."""
        text = "".join(self._parts)
        return Extract(text, tuple(self._pages), heading_spans(self._marks, len(text)), media_type, tuple(self._notes))
