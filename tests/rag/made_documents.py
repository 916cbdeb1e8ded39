"""Small documents of many formats, made on the spot, and what reading them comes to."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from data.records import Document
from rag.errors import UnreadableDocument
from rag.read.document import read_document


def reason(path: Path, content: bytes | str) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UnreadableDocument) as caught:
        read_document(path)
    message = str(caught.value)
    assert message.endswith(".")
    assert path.name not in message
    return message


def pdf(text: str, **encryption: str) -> bytes:
    from fpdf import FPDF

    made = FPDF()
    if encryption:
        made.set_encryption(owner_password="owner", **encryption)
    made.add_page()
    made.set_font("Helvetica", size=12)
    if text:
        made.cell(text=text)
    return bytes(made.output())


def office(kind: str) -> bytes:
    file = BytesIO()
    if kind == "docx":
        from docx import Document as new_document

        word = new_document()
        word.add_heading("Fares", 1)
        word.add_table(1, 2).rows[0].cells[0].text = "Inside"
        word.save(file)
    elif kind == "xlsx":
        from openpyxl import Workbook

        book = Workbook()
        book.active.append(["Cabin", "Price"])
        book.active.append(["Inside", 74])
        book.save(file)
    else:
        from pptx import Presentation

        show = Presentation()
        show.slides.add_slide(show.slide_layouts[0]).shapes.title.text = "Fares"
        show.save(file)
    return file.getvalue()


def outcome(path: Path) -> Document | UnreadableDocument:
    try:
        return read_document(path)
    except UnreadableDocument as error:
        return error
