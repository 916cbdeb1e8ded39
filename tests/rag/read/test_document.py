from __future__ import annotations

import sys
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from data.records import Document
from rag.read.document import read_document


@pytest.fixture
def read(tmp_path: Path):
    def write_and_read(name: str, content: str | bytes) -> Document:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_document(path, name)

    return write_and_read


def headings(document: Document) -> list[tuple[str, str]]:
    return [(span.label, document.text[span.start : span.end].split("\n")[0]) for span in document.headings]


def test_the_source_is_the_path_unless_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Hello.")
    assert read_document(path).source == str(path)
    assert read_document(path, "docs/a.txt").source == "docs/a.txt"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.py", "a.yaml", "NOTES"])
@pytest.mark.parametrize("content", ["Привет\r\nмир\r\rend\n", "\ufeffmarked", "plain"])
def test_text_is_exactly_what_read_text_returns(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode())
    assert read_document(path).text == path.read_text(encoding="utf-8")


def test_utf_16_with_its_mark_is_decoded(read) -> None:
    assert read("a.txt", "Привет, мир".encode("utf-16")).text == "Привет, мир"


def test_markdown_headings_become_paths_over_their_scope(read) -> None:
    document = read(
        "a.md",
        "intro\n# A *b* `c` {#id}\ntext\n### Deep ###\n```\n# no heading\n```\n## [Link](x.md) &amp; more\n"
        "Setext\n---\nTop\n===\n- item\n---\nend\n",
    )
    assert headings(document) == [
        ("A b c", "# A *b* `c` {#id}"),
        ("A b c > Deep", "### Deep ###"),
        ("A b c > Link & more", "## [Link](x.md) &amp; more"),
        ("A b c > Setext", "Setext"),
        ("Top", "Top"),
    ]


def test_underlined_markdown_headings_need_a_paragraph_of_one_line(read) -> None:
    document = read("a.md", "\nFares\n=====\ntext\n\nPets\n----\n\n- item\n---\n\n| a |\n---\n\ntwo\nlines\n---\n")
    assert headings(document) == [("Fares", "Fares"), ("Fares > Pets", "Pets")]


def test_front_matter_gives_the_title_and_no_headings(read) -> None:
    document = read("a.md", '---\ntitle: "The guide"\n# comment\n---\nHello\n## Part\nx\n')
    assert headings(document) == [("The guide", "Hello"), ("The guide > Part", "## Part")]


HTML = """<html><head><title>Ferry line</title><style>p {color: red}</style></head><body>
<nav><a href="/">Home</a></nav><script>alert(1)</script>
<main><h1>Fares<a class="headerlink" href="#x">¶</a></h1><p>All   prices
in <b>euro</b>.</p><p hidden>old</p><div style="display: none">older</div><!-- note -->
<ul><li>Adult: 40</li><li>Child: <em>20</em></li></ul>
<table><tr><th>Cabin</th><th>Price</th></tr><tr><td>Inside</td><td>74</td></tr></table>
<h2>Code</h2><pre>if sea:
    sail()</pre></main><footer>Imprint</footer></body></html>"""


def test_html_gives_what_a_visitor_reads(read) -> None:
    document = read("a.html", HTML)
    assert document.text.strip() == (
        "Fares\n\nAll prices in euro.\n\n- Adult: 40\n- Child: 20\n\nCabin | Price\nCabin: Inside | Price: 74\n\n"
        "Code\n\n```\nif sea:\n    sail()\n```"
    )
    assert headings(document) == [("Fares", "Fares"), ("Fares > Code", "Code")]


def test_html_without_main_or_headings_keeps_body_and_title(read) -> None:
    document = read("a.html", "<title>Fares</title><nav>Menu</nav><p>One.<br>Two.</p><footer>Imprint</footer>")
    assert document.text.split() == ["One.", "Two."]
    assert [span.label for span in document.headings] == ["Fares"]


def test_html_is_read_in_the_encoding_it_declares(read) -> None:
    page = '<meta charset="windows-1251"><p>Паром отходит вечером</p>'
    assert read("a.html", page.encode("windows-1251")).text.strip() == "Паром отходит вечером"


def make_pdf(pages: list[str], user_password: str | None = None) -> bytes:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    if user_password:
        pdf.set_encryption(owner_password="owner", user_password=user_password)
    for number, text in enumerate(pages, start=1):
        pdf.add_page()
        pdf.start_section(f"Part {number}")
        pdf.multi_cell(0, text=text)
    return bytes(pdf.output())


def test_pdf_pages_are_exact_spans_and_bookmarks_are_headings(read) -> None:
    document = read("a.pdf", make_pdf(["Part 1\nThe ferry leaves at nine.", "", "Part 3\nDogs pay 12 euro."]))
    assert [(span.label, document.text[span.start : span.end]) for span in document.pages] == [
        ("1", "Part 1\nThe ferry leaves at nine."),
        ("2", ""),
        ("3", "Part 3\nDogs pay 12 euro."),
    ]
    assert headings(document) == [("Part 1", "Part 1"), ("Part 2", ""), ("Part 3", "Part 3")]


def make_docx() -> bytes:
    from docx import Document as new_document
    from docx.oxml import parse_xml

    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    word = new_document()
    word.add_heading("Fares", 1)
    word.add_paragraph("All prices in euro.")
    table = word.add_table(rows=2, cols=2)
    for cell, text in zip(
        [c for row in table.rows for c in row.cells], ["Cabin", "Price", "Inside", "74"], strict=True
    ):
        cell.text = text
    word.add_heading("Pets", 2)
    word.add_paragraph("Dogs pay 12.", style="List Bullet")
    body = word.element.body
    body.insert(
        len(body) - 1,
        parse_xml(
            f"<w:sdt {w}><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r><w:ins><w:r><w:t> Inserted.</w:t></w:r>"
            "</w:ins><w:del><w:r><w:delText> Deleted.</w:delText></w:r></w:del></w:p></w:sdtContent></w:sdt>"
        ),
    )
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def test_docx_keeps_the_order_of_paragraphs_and_tables(read) -> None:
    document = read("a.docx", make_docx())
    assert [line for line in document.text.split("\n") if line] == [
        "Fares",
        "All prices in euro.",
        "Cabin | Price",
        "Cabin: Inside | Price: 74",
        "Pets",
        "- Dogs pay 12.",
        "In a control. Inserted.",
    ]
    assert headings(document) == [("Fares", "Fares"), ("Fares > Pets", "Pets")]


def test_slides_are_pages_with_their_titles_as_headings(read) -> None:
    from pptx import Presentation

    show = Presentation()
    for title, text in [("Fares", "Adult: 40"), ("Pets", "Dogs pay 12")]:
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = title, text
        slide.notes_slide.notes_text_frame.text = f"Say more about {title}."
    file = BytesIO()
    show.save(file)
    document = read("a.pptx", file.getvalue())
    pages = [(span.label, document.text[span.start : span.end].split("\n")) for span in document.pages]
    assert [(label, [line for line in lines if line]) for label, lines in pages] == [
        ("1", ["Fares", "Adult: 40", "Say more about Fares."]),
        ("2", ["Pets", "Dogs pay 12", "Say more about Pets."]),
    ]
    assert headings(document) == [("Fares", "Fares"), ("Pets", "Pets")]


def test_rows_of_a_workbook_carry_their_column_names(read) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Cabins"
    for row in [["Cabin", "Deck", "Price"], ["Inside", 5, 74.0], ["Suite", None, 210.5]]:
        book.active.append(row)
    book.create_sheet("Secret").append(["hidden", "words"])
    book["Secret"].sheet_state = "hidden"
    file = BytesIO()
    book.save(file)
    document = read("a.xlsx", file.getvalue())
    assert document.text == (
        "Cabins\n\nCabin | Deck | Price\nCabin: Inside | Deck: 5 | Price: 74\nCabin: Suite | Price: 210.5\n"
        "\nHidden sheets of this workbook, which are not read: “Secret”.\n"
    )
    assert headings(document) == [("Cabins", "Cabins")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimited_rows_carry_their_column_names(read, delimiter: str) -> None:
    table = "\r\n".join(delimiter.join(row) for row in [["Cabin", "Price"], ['"Inside, low"', "74"], ["Suite", "210"]])
    assert read("a.csv", table).text == "Cabin | Price\nCabin: Inside, low | Price: 74\nCabin: Suite | Price: 210\n"


def test_json_records_are_paragraphs_of_named_values(read) -> None:
    expected = "cabin: Inside\nprice.euro: 74\ntags: low, warm\n\ncabin: Suite\nbeds[1].wide: true\n"
    records = (
        '{"cabin": "Inside", "price": {"euro": 74, "note": null}, "tags": ["low", "warm"]}',
        '{"cabin": "Suite", "beds": [{"wide": true}]}',
    )
    assert read("a.json", f"[{', '.join(records)}]").text == expected
    assert read("a.jsonl", "\n".join(records)).text == expected


def make_epub(chapter: str = "text/one.xhtml") -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", '<container><rootfile full-path="OPS/book.opf"/></container>')
        book.writestr(
            "OPS/book.opf",
            f'<package><manifest><item id="b" href="text/two%20b.xhtml"/><item id="a" href="{chapter}"/></manifest>'
            '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
        )
        book.writestr("OPS/text/one.xhtml", "<html><body><h1>One</h1><p>First.</p></body></html>")
        book.writestr("OPS/text/two b.xhtml", "<html><body><h1>Two</h1><p>Second.</p></body></html>")
    return file.getvalue()


def test_chapters_of_a_book_come_in_the_order_of_its_spine(read) -> None:
    document = read("a.epub", make_epub())
    assert document.text.split() == ["One", "First.", "Two", "Second."]
    assert headings(document) == [("One", "One"), ("Two", "Two")]


@pytest.mark.parametrize("html", [False, True])
def test_mail_gives_its_head_its_body_and_the_names_of_attachments(read, html: bool) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Паром отменён", "Ada <ada@example.org>", "crew@example.org"
    if html:
        mail.set_content("<p>No ferry today.</p>", subtype="html")
    else:
        mail.set_content("No ferry today.")
    mail.add_attachment(b"x", maintype="application", subtype="pdf", filename="plan.pdf")
    document = read("a.eml", mail.as_bytes())
    assert [line for line in document.text.split("\n") if line] == [
        "Паром отменён",
        "From: Ada <ada@example.org>",
        "To: crew@example.org",
        "No ferry today.",
        "Attachment: plan.pdf",
    ]
    assert headings(document) == [("Паром отменён", "Паром отменён")]


def test_definitions_of_source_code_are_headings(read) -> None:
    python = (
        "import os\n\n@cache\ndef f():\n    return 1\n\nx = 1\n\n"
        "class A:\n    y = 2\n    def g(self):\n        pass\nz = 3\n"
    )
    assert headings(read("a.py", python)) == [
        ("f", "@cache"),
        ("A", "class A:"),
        ("A > g", "    def g(self):"),
    ]
    go = "package main\n\nfunc (s *Ship) Sail() {\n}\n\ntype Ship struct {\n}\n"
    assert headings(read("a.go", go)) == [("Ship.Sail", "func (s *Ship) Sail() {"), ("Ship", "type Ship struct {")]


def test_python_that_does_not_parse_is_still_read(read) -> None:
    assert headings(read("a.py", "def f(:\n")) == [("f", "def f(:")]


def test_reading_text_imports_no_parser_of_other_formats() -> None:
    import subprocess

    code = (
        "import sys, pathlib; from rag.read import read_document; read_document(pathlib.Path('pyproject.toml'));"
        " heavy = {'bs4', 'lxml', 'docx', 'pptx', 'openpyxl', 'pypdfium2', 'llama_index'};"
        " print(sorted(heavy & set(sys.modules)))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
