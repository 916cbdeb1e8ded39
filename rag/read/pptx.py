"""Presentations: one page per slide, its title as heading, then its texts, tables and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from data.errors import cause
from rag.errors import UnreadableDocument
from rag.read.archive import open_archive
from rag.read.extracted import Extract, TextBuilder
from rag.read.table import GridRow, one_line, write_table

if TYPE_CHECKING:
    from pptx.slide import Slide

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

_NOT_SHOWN = ("0", "false")


def read_pptx(data: bytes) -> Extract:
    """Extract all slides that are shown, in order; what stands on a slide is read from top to bottom.

    :raises UnreadableDocument: the file is encrypted, broken, or no presentation.
    """
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    open_archive(data, "ppt/presentation.xml", kind="PPTX").close()
    builder = TextBuilder()
    # lxml's XMLSyntaxError is a SyntaxError.
    try:
        for number, slide in enumerate(Presentation(BytesIO(data)).slides, start=1):
            if slide.element.get("show") in _NOT_SHOWN:
                builder.note(f"slide {number} is hidden, and is not read.")
                continue
            start = builder.length
            _write(builder, slide)
            builder.close_page(start, str(number))
    except (PythonPptxError, SyntaxError, KeyError, ValueError, AttributeError, IndexError) as error:
        raise UnreadableDocument(
            f"the presentation is damaged ({cause(error)}): open it in PowerPoint and save it again."
        ) from error
    return builder.build(MEDIA_TYPE)


def _write(builder: TextBuilder, slide: Slide) -> None:
    title = slide.shapes.title
    if title is not None and title.has_text_frame and title.text_frame.text.strip():
        builder.heading(title.text_frame.text, 1)
    for shape in _in_reading_order(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if getattr(shape, "has_table", False):
            write_table(builder, _rows(shape.table))
        elif shape.has_text_frame and shape.text_frame.text.strip():
            builder.line("")
            for paragraph in shape.text_frame.paragraphs:
                builder.line(" ".join(paragraph.text.split()))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        builder.line("")
        builder.line(slide.notes_slide.notes_text_frame.text.strip())


def _rows(table: Any) -> Iterator[GridRow]:
    """Yield the rows of a table, whose merged cells hold their text in all places."""
    above: list[str] = []
    for number, row in enumerate(table.rows):
        texts: list[str] = []
        copied: set[int] = set()
        below: set[int] = set()
        for at, cell in enumerate(row.cells):
            text = one_line(cell.text)
            if cell.is_spanned and at and row.cells[at - 1]._tc.gridSpan + row.cells[at - 1]._tc.hMerge > 1:
                copied.add(at)
                text = texts[at - 1]
            elif cell.is_spanned and at < len(above):
                below.add(at)
                text = above[at]
            texts.append(text)
        above = texts
        yield GridRow(texts, frozenset(copied), frozenset(below), bold=number == 0 and bool(table.first_row))


def _in_reading_order(shapes: Iterable[Any]) -> Iterator[Any]:
    for shape in sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0)):
        if hasattr(shape, "shapes"):
            yield from _in_reading_order(shape.shapes)
        else:
            yield shape
