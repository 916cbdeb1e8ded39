"""Tables as files of all formats, made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO

Rows = Sequence[Sequence[object]]
Merge = tuple[int, int, int, int]


def csv_of(rows: Rows, delimiter: str = ",", above: str = "") -> bytes:
    """Write delimited text."""
    import csv
    import io

    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return (above + file.getvalue()).encode()


def xlsx_of(rows: Rows, merges: Sequence[str] = (), formats: dict[str, str] | None = None) -> bytes:
    """Write a workbook."""
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for place, code in (formats or {}).items():
        book.active[place].number_format = code
    for merge in merges:
        book.active.merge_cells(merge)
    return saved(book)


def html_of(body: str, above: str = "") -> bytes:
    """Write a page."""
    return f"<html><body><h1>Handbook</h1>{above}<table>{body}</table><p>End.</p></body></html>".encode()


def html_rows(rows: Rows, tag: str = "td") -> str:
    """Write rows of a page."""
    return "".join("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in row) + "</tr>" for row in rows)


def docx_of(rows: Rows, merges: Sequence[Merge] = (), heading: str = "Handbook") -> bytes:
    """Write a Word document."""
    from docx import Document

    word = Document()
    word.add_heading(heading, 1)
    table = word.add_table(len(rows), len(rows[0]))
    fill(table, rows, merges)
    return saved(word)


def pptx_of(rows: Rows, merges: Sequence[Merge] = (), title: str = "Handbook") -> bytes:
    """Write slides."""
    from pptx import Presentation

    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = title
    fill(slide.shapes.add_table(len(rows), len(rows[0]), 0, 10**6, 8 * 10**6, 10**6).table, rows, merges)
    return saved(show)


def pdf_of(rows: Rows, title: str) -> bytes:
    """Write a PDF with ruled lines around its cells."""
    from fpdf import FPDF

    made = FPDF()
    made.add_page()
    made.set_font("Helvetica", size=11)
    made.cell(text=title, new_x="LMARGIN", new_y="NEXT")
    with made.table() as table:
        for row in rows:
            line = table.row()
            for cell in row:
                line.cell(str(cell))
    return bytes(made.output())


def md_of(rows: Rows, above: str = "# Handbook\n\n") -> bytes:
    """Write Markdown."""
    lines = [f"| {' | '.join(map(str, row))} |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return (above + "\n".join(lines) + "\n").encode()


def fill(table: object, rows: Rows, merges: Sequence[Merge]) -> None:
    """Put texts into the cells of a table of an office file, and merge them."""
    cells = [list(row.cells) for row in table.rows]  # type: ignore[attr-defined]
    for number, row in enumerate(rows):
        for at, text in enumerate(row):
            cells[number][at].text = str(text)
    for top, left, bottom, right in merges:
        table.cell(top, left).merge(table.cell(bottom, right))  # type: ignore[attr-defined]


def saved(document: object) -> bytes:
    """Return the file of an office document."""
    file = BytesIO()
    save: Callable[[BytesIO], object] = document.save  # type: ignore[attr-defined]
    save(file)
    return file.getvalue()
