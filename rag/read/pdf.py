"""PDF: the text layer page by page, through pdfium (fast, permissive licence).

Text that is drawn invisibly is the layer of a scan where a picture lies above it, and it is read. On a page without
pictures nobody but a machine was meant to see it, and it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from data.errors import cause
from data.records import Span
from data.text import plural
from rag.errors import UnreadableDocument
from rag.read.extracted import Extract, TextMark, heading_spans

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MEDIA_TYPE = "application/pdf"

_PAGE_BREAK = "\n\f\n"
_PASSWORD_ERROR = 4
_SECURITY_ERROR = 5
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_INVISIBLE = 3
_MOST_OBJECTS = 5000
"""Looking at each object of a page costs microseconds; pages drawn letter by letter are not looked at."""
_HYPHEN_AT_LINE_END = "\x02"


def read_pdf(data: bytes) -> Extract:
    """Extract all pages; the label of a page is its order number, its bookmarks become headings.

    :raises UnreadableDocument: the file is encrypted or broken, or no page has a text layer (a scan).
    """
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(data)
    except PdfiumError as error:
        raise UnreadableDocument(_why_closed(error)) from error
    try:
        texts = [_page_text(document, index) for index in range(len(document))]
        if not any(text.strip() for text in texts):
            raise UnreadableDocument(
                f"none of its {plural(len(texts), 'page')} holds text, it seems scanned: run it through OCR first."
            )
        pages = _page_spans(texts)
        text = _PAGE_BREAK.join(texts)
        return Extract(text, pages, heading_spans(list(_bookmarks(document, text, pages)), len(text)), MEDIA_TYPE)
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


def _page_text(document: PdfDocument, index: int) -> str:
    page = document[index]
    try:
        _drop_invisible(page)
        text_page = page.get_textpage()
        text: str = text_page.get_text_bounded()
        text_page.close()
    finally:
        page.close()
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace(_HYPHEN_AT_LINE_END, "-"))


def _drop_invisible(page: PdfPage) -> None:
    """Take invisible text out of a page without pictures; only this opened copy is changed."""
    from pypdfium2 import raw

    count = raw.FPDFPage_CountObjects(page.raw)
    if count > _MOST_OBJECTS:
        return
    kinds = [(item := raw.FPDFPage_GetObject(page.raw, place), raw.FPDFPageObj_GetType(item)) for place in range(count)]
    if any(kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM) for _, kind in kinds):
        return
    for item, kind in kinds:
        if kind == raw.FPDF_PAGEOBJ_TEXT and raw.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE:
            raw.FPDFPage_RemoveObject(page.raw, item)
            raw.FPDFPageObj_Destroy(item)


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
