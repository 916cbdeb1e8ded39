"""PDF: the text layer page by page, through pdfium (fast, permissive licence).

Text that is drawn invisibly is the layer of a scan where a picture lies above it, and it is read. On a page without
pictures nobody but a machine was meant to see it, and it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from data.errors import cause
from data.records import Span
from data.text import plural
from rag.errors import UnreadableDocument
from rag.read import Extract, TextMark, heading_spans
from rag.read.pdf.columns import in_columns
from rag.read.pdf.fields import filled_in
from rag.read.pdf.hyphens import MARK, join_broken
from rag.read.pdf.page_text import (
    VisibleText,
    drop_invisible,
    has_unmapped_font,
    picture_share,
    shows_anything,
    visible_text,
)
from rag.read.table import with_named_rows

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MEDIA_TYPE = "application/pdf"

_PAGE_BREAK = "\n\f\n"
_PASSWORD_ERROR = 4
_SECURITY_ERROR = 5
_CONTROL = re.compile(rf"(?!{MARK})[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_SOFT_HYPHEN = "\u00ad"
"""In a PDF it is drawn: many fonts give it for each hyphen."""
_LITTLE = 60
"""Fewer letters on a page that a picture fills are a stamp or a page number."""
_FILLS = 0.5
_SHOWN_RANGES = 20

_Lack = Literal["", "text", "letters", "most"]
_LACKS: dict[_Lack, str] = {
    "text": "no text, only what a picture shows: run the file through OCR to have it searched",
    "most": "little text beside a picture that fills the page: run the file through OCR to have it searched",
    "letters": "letters of a font that does not say which letters they are: print the file to a new PDF, or run OCR",
}


@dataclass(frozen=True, slots=True)
class _Page:
    """The text of a page, and what of it is lacking."""

    text: str
    lack: _Lack


def read_pdf(data: bytes) -> Extract:
    """Extract all pages; the label of a page is its order number, its bookmarks become headings.

    Values of form fields and notes are part of their page. Pages that show something and hold no text are noted.

    :raises UnreadableDocument: the file is encrypted or broken, or no page has a text layer (a scan).
    """
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(data)
    except PdfiumError as error:
        raise UnreadableDocument(_why_closed(error)) from error
    try:
        if document.get_formtype():
            document.init_forms()
        read = [_read_page(document, index) for index in range(len(document))]
        texts = join_broken([page.text for page in read])
        if not any(text.strip() for text in texts):
            raise UnreadableDocument(_why_empty(read))
        pages = _page_spans(texts)
        text = _PAGE_BREAK.join(texts)
        headings = heading_spans(list(_bookmarks(document, text, pages)), len(text))
        return Extract(text, pages, headings, MEDIA_TYPE, tuple(_notes(read)))
    except PdfiumError as error:
        raise UnreadableDocument(
            f"the PDF is damaged ({cause(error)}): open it in a viewer and save it again."
        ) from error
    finally:
        document.close()


def _why_closed(error: Exception) -> str:
    if getattr(error, "err_code", None) in (_PASSWORD_ERROR, _SECURITY_ERROR):
        return "the PDF is encrypted with a password: save a copy without one."
    return f"the PDF is damaged ({cause(error)}): open it in a viewer and save it again."


def _why_empty(pages: Sequence[_Page]) -> str:
    if any(page.lack == "letters" for page in pages):
        return f"its {plural(len(pages), 'page')} hold only {_LACKS['letters']}."
    return f"it has {plural(len(pages), 'page')} and no text, it seems scanned: run it through OCR first."


def _read_page(document: PdfDocument, index: int) -> _Page:
    page = document[index]
    try:
        drop_invisible(page)
        text_page = page.get_textpage()
        try:
            if has_unmapped_font(text_page):
                return _Page("", "letters")
            text = with_named_rows(page, text_page, _in_reading_order(page, visible_text(text_page)))
        finally:
            text_page.close()
        return _Page(text, _lack(page, text))
    finally:
        page.close()


def _in_reading_order(page: PdfPage, seen: VisibleText) -> str:
    """Return the text with its columns in order, or with what was filled in, as far as the places of letters are known.

    On a page that is shown turned nobody knows here what stands beside what.
    """
    letters = seen.letters if not page.get_rotation() else None
    text = filled_in(page, seen.text, letters)
    if letters is not None and text == seen.text:
        text = in_columns(text, letters)
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace(_SOFT_HYPHEN, "-"))


def _lack(page: PdfPage, text: str) -> _Lack:
    visible = "".join(text.split())
    if len(visible) >= _LITTLE or not shows_anything(page):
        return ""
    if not visible:
        return "text"
    return "most" if picture_share(page) >= _FILLS else ""


def _notes(pages: Sequence[_Page]) -> Iterator[str]:
    for lack, words in _LACKS.items():
        numbers = [number for number, page in enumerate(pages, start=1) if page.lack == lack]
        if numbers:
            several = len(numbers) > 1
            yield f"page{'s' if several else ''} {_ranges(numbers)} hold{'' if several else 's'} {words}."


def _ranges(numbers: Sequence[int]) -> str:
    """Return "2–5, 9": page numbers as people list them."""
    shown = []
    for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0]):
        members = [number for _, number in run]
        shown.append(f"{members[0]}–{members[-1]}" if len(members) > 1 else str(members[0]))
    more = [f"and {len(shown) - _SHOWN_RANGES} more"] if len(shown) > _SHOWN_RANGES else []
    return ", ".join([*shown[:_SHOWN_RANGES], *more])


def _page_spans(texts: list[str]) -> tuple[Span, ...]:
    spans = []
    position = 0
    for number, text in enumerate(texts, start=1):
        spans.append(Span(position, position + len(text), str(number)))
        position += len(text) + len(_PAGE_BREAK)
    return tuple(spans)


def _bookmarks(document: PdfDocument, text: str, pages: tuple[Span, ...]) -> Iterator[TextMark]:
    """Yield bookmarks in reading order, each where its words stand on its page, else where the page begins."""
    marks = []
    for bookmark in document.get_toc():
        destination = bookmark.get_dest()
        index = destination.get_index() if destination else None
        words = (bookmark.get_title() or "").split()
        if index is None or not 0 <= index < len(pages) or not words:
            continue
        page = pages[index]
        found = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE).search(text, page.start, page.end)
        marks.append(TextMark(found.start() if found else page.start, bookmark.level + 1, " ".join(words)))
    yield from sorted(marks, key=lambda mark: mark.start)
