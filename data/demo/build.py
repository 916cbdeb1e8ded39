"""Rebuild the demo corpus from `src/`: the two versions of all documents, the case files, traffic and canaries.

Run it from the repository root with Python 3.11 or newer, after ``pip install reportlab python-docx``::

    python data/demo/build.py

The Russian PDF embeds DejaVu Sans (Debian package fonts-dejavu-core). If reportlab does not find the font by itself,
name the folder which holds it with ``--fonts FOLDER``.

Sources are plain text. ``{{name}}`` stands for a fact of `src/facts.json`, which has one value for each version. Files
named ``NAME.pdf.md`` or ``NAME.docx.md`` are rendered from a small subset of Markdown: headings, paragraphs, tables,
and lists with ``-`` and ``1.``. A line ``<<page>>`` begins a new page. Other files are copied. Dates and identifiers
are fixed, so that a second run with the same library versions gives the same bytes.
"""

# mypy: disable-error-code="import-untyped,import-not-found"

from __future__ import annotations

import argparse
import io
import json
import re
import sys
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
SRC = HERE / "src"
VERSIONS = ("v1", "v2")
COMPANY = "Turnstone Line"
BUILD_DATE = datetime(2026, 1, 19, 9, 0, 0)

BlockKind = Literal["heading", "paragraph", "bullet", "number", "table", "page"]


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a rendered document; `level` is for headings and `rows` for tables."""

    kind: BlockKind
    text: str = ""
    level: int = 0
    rows: list[list[str]] = field(default_factory=list)


def load_facts(version: str) -> dict[str, str]:
    """Return the value of each fact in `version`."""
    both: dict[str, list[str]] = json.loads((SRC / "facts.json").read_text(encoding="utf-8"))
    return {name: values[VERSIONS.index(version)] for name, values in both.items()}


def fill(text: str, facts: dict[str, str]) -> str:
    """Replace each ``{{name}}`` in `text`; an unknown name is a KeyError."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: facts[match.group(1)], text)


def parse_blocks(text: str) -> list[Block]:
    """Split the Markdown subset into blocks; lines of one paragraph are joined."""
    blocks: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in part.splitlines()]
        if lines[0] == "<<page>>":
            blocks.append(Block("page"))
        elif lines[0].startswith("#"):
            marks, _, title = lines[0].partition(" ")
            blocks.append(Block("heading", title, level=len(marks)))
        elif lines[0].startswith("|"):
            blocks.append(Block("table", rows=parse_table(lines)))
        elif lines[0].startswith("- "):
            blocks.extend(Block("bullet", line[2:]) for line in lines)
        elif re.match(r"\d+\. ", lines[0]):
            blocks.extend(Block("number", line) for line in lines)
        else:
            blocks.append(Block("paragraph", " ".join(lines)))
    return blocks


def parse_table(lines: list[str]) -> list[list[str]]:
    """Return the cells of a Markdown table without its separator line."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if not all(set(cell) <= set("-: ") for cell in row)]


def pdf_fonts(russian: bool, folder: Path | None) -> tuple[str, str]:
    """Return the names of the regular and the bold font, registering DejaVu Sans for Russian."""
    if not russian:
        return "Helvetica", "Helvetica-Bold"
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name in ("DejaVuSans", "DejaVuSans-Bold"):
        file = f"{name}.ttf"
        pdfmetrics.registerFont(TTFont(name, str(folder / file) if folder else file))
    return "DejaVuSans", "DejaVuSans-Bold"


def pdf_flowables(blocks: list[Block], fonts: tuple[str, str], width: float) -> list[Any]:
    """Turn blocks into reportlab flowables."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import PageBreak, Paragraph

    body = ParagraphStyle("body", fontName=fonts[0], fontSize=10, leading=14, spaceAfter=6)
    item = ParagraphStyle("item", parent=body, leftIndent=14, bulletIndent=2, spaceAfter=3)
    head = ParagraphStyle("head", fontName=fonts[1], spaceBefore=9, spaceAfter=5)
    heads = {
        level: ParagraphStyle(f"h{level}", parent=head, fontSize=size, leading=size + 4)
        for level, size in ((1, 16), (2, 12), (3, 10.5))
    }
    flow: list[Any] = []
    for block in blocks:
        if block.kind == "page":
            flow.append(PageBreak())
        elif block.kind == "table":
            flow.extend(pdf_table(block.rows, fonts, width))
        elif block.kind == "heading":
            flow.append(Paragraph(escape(block.text), heads[block.level]))
        elif block.kind == "bullet":
            flow.append(Paragraph(escape(block.text), item, bulletText="•"))
        else:
            flow.append(Paragraph(escape(block.text), item if block.kind == "number" else body))
    return flow


def pdf_table(rows: list[list[str]], fonts: tuple[str, str], width: float) -> list[Any]:
    """Return a ruled table with a shaded header row, and the space after it."""
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Spacer, Table

    head = ParagraphStyle("head", fontName=fonts[1], fontSize=9, leading=12)
    cell = ParagraphStyle("cell", fontName=fonts[0], fontSize=9, leading=12)
    styles = [head, *[cell] * (len(rows) - 1)]
    content = [[Paragraph(escape(text), style) for text in row] for row, style in zip(rows, styles, strict=True)]
    lengths = [max(8, sum(len(row[column]) for row in rows)) ** 0.6 for column in range(len(rows[0]))]
    table = Table(content, colWidths=[width * length / sum(lengths) for length in lengths], repeatRows=1)
    grid = ("GRID", (0, 0), (-1, -1), 0.4, colors.grey)
    table.setStyle([grid, ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return [table, Spacer(1, 8)]


def build_pdf(text: str, russian: bool, font_folder: Path | None) -> bytes:
    """Render the Markdown subset as an A4 PDF with numbered pages."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    blocks = parse_blocks(text)
    fonts = pdf_fonts(russian, font_folder)
    word = "Страница" if russian else "Page"

    def footer(canvas: Any, document: Any) -> None:
        canvas.setFont(fonts[0], 8)
        canvas.drawString(66, 34, COMPANY)
        canvas.drawRightString(A4[0] - 66, 34, f"{word} {document.page}")

    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=60, rightMargin=60, topMargin=56, bottomMargin=60, invariant=1,
        title=blocks[0].text, author=COMPANY, lang="ru" if russian else "en",
    )  # fmt: skip
    document.build(pdf_flowables(blocks, fonts, A4[0] - 120 - 12), onFirstPage=footer, onLaterPages=footer)
    return buffer.getvalue()


def build_docx(text: str, russian: bool) -> bytes:
    """Render the Markdown subset as a Word document with real heading and list styles."""
    from docx import Document

    document = Document()
    styles = {"paragraph": "Normal", "bullet": "List Bullet", "number": "List Number"}
    blocks = parse_blocks(text)
    for block in blocks:
        if block.kind == "heading":
            document.add_heading(block.text, level=block.level)
        elif block.kind == "page":
            document.add_page_break()
        elif block.kind == "table":
            docx_table(document, block.rows)
        else:
            document.add_paragraph(re.sub(r"^\d+\. ", "", block.text), style=styles[block.kind])
    properties = document.core_properties
    properties.title, properties.author, properties.language = blocks[0].text, COMPANY, "ru" if russian else "en"
    properties.created = properties.modified = BUILD_DATE
    properties.last_modified_by, properties.comments = COMPANY, ""
    buffer = io.BytesIO()
    document.save(buffer)
    return with_fixed_dates(buffer.getvalue())


def docx_table(document: Any, rows: list[list[str]]) -> None:
    """Add a grid table whose first row is bold."""
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            run = table.cell(number, column).paragraphs[0].add_run(text)
            run.bold = number == 0
    document.add_paragraph()


def with_fixed_dates(archive: bytes) -> bytes:
    """Return the same zip archive with all time stamps set to the build date."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, date_time=BUILD_DATE.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return target.getvalue()


def render(source: Path, facts: dict[str, str], font_folder: Path | None) -> tuple[str, bytes]:
    """Return the file name and the content of the document made from `source`."""
    text = fill(source.read_text(encoding="utf-8"), facts)
    name = source.name
    russian = ".ru." in name
    if name.endswith(".pdf.md"):
        return name.removesuffix(".md"), build_pdf(text, russian, font_folder)
    if name.endswith(".docx.md"):
        return name.removesuffix(".md"), build_docx(text, russian)
    return name, text.encode("utf-8")


def build_documents(version: str, font_folder: Path | None) -> list[str]:
    """Write all documents of one version, remove what no longer belongs to it, and return the file names."""
    facts = load_facts(version)
    target = HERE / version
    target.mkdir(exist_ok=True)
    names: list[str] = []
    for folder in (SRC / "documents", SRC / f"only-{version}"):
        for source in sorted(folder.iterdir()):
            name, content = render(source, facts, font_folder)
            (target / name).write_bytes(content)
            names.append(name)
    for stale in target.iterdir():
        if stale.name not in names:
            stale.unlink()
    return names


def load_cases(facts: dict[str, str]) -> list[dict[str, Any]]:
    """Return the lines of `src/cases.jsonl` with the facts filled in."""
    text = fill((SRC / "cases.jsonl").read_text(encoding="utf-8"), facts)
    return [json.loads(line) for line in text.splitlines()]


def finish_case(source: dict[str, Any], version: str) -> dict[str, Any]:
    """Return the case as it stands in `version`, with all keys; a case without answers must be abstained from.

    A source case may hold keys "v1" and "v2" with the fields that differ by more than a fact.
    """
    own = {**source, **source.get(version, {})}
    case = {key: own.get(key, []) for key in ("id", "question", "answers", "sources", "evidence")}
    case |= {"must_abstain": not case["answers"], "language": own.get("language", "en"), "tags": own["tags"]}
    return case | ({"page": own["page"]} if "page" in own else {})


def write_lines(name: str, records: list[dict[str, Any]]) -> None:
    """Write a JSON Lines file beside this script."""
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (HERE / name).write_text(text, encoding="utf-8", newline="\n")


def build_questions() -> None:
    """Write traffic (first rewording of every case, then the second, and so on) and canaries."""
    cases = load_cases(load_facts(VERSIONS[0]))
    rounds = zip_longest(*([(case["id"], question) for question in case["also"]] for case in cases))
    traffic = [{"case": pair[0], "question": pair[1]} for one_round in rounds for pair in one_round if pair]
    write_lines("traffic.jsonl", traffic)
    canaries = [{"case": case["id"], "question": case["question"]} for case in cases if case.get("canary")]
    write_lines("canaries.jsonl", canaries)


def main() -> None:
    """Build both versions."""
    parser = argparse.ArgumentParser(description="Rebuild the demo corpus from data/demo/src.")
    parser.add_argument("--fonts", type=Path, help="folder with DejaVuSans.ttf and DejaVuSans-Bold.ttf")
    arguments = parser.parse_args()
    for version in VERSIONS:
        names = build_documents(version, arguments.fonts)
        cases = [finish_case(case, version) for case in load_cases(load_facts(version))]
        write_lines(f"cases.{version}.jsonl", cases)
        sys.stdout.write(f"{version}: {len(names)} documents, {len(cases)} cases\n")
    build_questions()


if __name__ == "__main__":
    main()
