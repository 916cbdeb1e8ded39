"""Word documents: paragraphs and tables in document order, with their numbers; headings; footnotes at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from data.errors import cause
from rag.errors import UnreadableDocument
from rag.read.archive import open_archive
from rag.read.extracted import Extract, TextBuilder
from rag.read.table import GridRow, one_line, write_table
from rag.read.word_outline import BULLET, WordOutline

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ITEM_MARK = re.compile(r"-|\(?(?:\d{1,3}|[a-zA-Zа-яА-Я])[.)]")
_MOST_COLUMNS = 1_000
_DELETED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_W}pPr", f"{_W}rPr", _FALLBACK})


def read_docx(data: bytes) -> Extract:
    """Extract the body as it reads with all tracked changes accepted, and the footnotes.

    The XML is walked here because python-docx leaves out content controls and inserted runs.

    :raises UnreadableDocument: the file is encrypted, broken, or no Word document.
    """
    from docx import Document as open_document
    from docx.opc.exceptions import OpcError

    open_archive(data, "word/document.xml", kind="DOCX").close()
    try:
        document = open_document(BytesIO(data))
        builder = TextBuilder()
        outline = WordOutline(document)
        for element in _blocks(document.element.body):
            _write(builder, element, outline)
        for note in _footnotes(document):
            builder.line(note)
        return builder.build(MEDIA_TYPE)
    # lxml's XMLSyntaxError is a SyntaxError.
    except (OpcError, SyntaxError, KeyError, ValueError, AttributeError) as error:
        raise UnreadableDocument(
            f"the DOCX file is damaged ({cause(error)}): open it in Word and save it again."
        ) from error


def _blocks(parent: Any) -> Iterator[Any]:
    """Yield paragraphs and tables of `parent`, looking into content controls and inserted blocks."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"):
            yield from _blocks(child)


def _write(builder: TextBuilder, element: Any, outline: WordOutline) -> None:
    if element.tag == f"{_W}tbl":
        write_table(builder, _rows(element))
        return
    text = "".join(_runs(element)).strip()
    label, level = outline.label(element), outline.heading_level(element)
    if not text:
        builder.line("")
    elif level is not None:
        builder.heading(text if label in ("", BULLET) else f"{label} {text}", level)
    elif _ITEM_MARK.fullmatch(label):
        builder.line(f"{label} {text}")
    else:
        # A number of several parts marks a clause: a paragraph of its own, however short.
        builder.line("")
        builder.line(f"{label} {text}".strip())
        if label:
            builder.line("")


def _runs(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag in _DELETED or _is_hidden(child):
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}tab":
            yield "\t"
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        else:
            yield from _runs(child)
            yield "\n" if child.tag == f"{_W}p" else ""


def _is_hidden(element: Any) -> bool:
    """Tell whether a run is formatted as hidden text, which Word does not show."""
    mark = element.find(f"{_W}rPr/{_W}vanish") if element.tag == f"{_W}r" else None
    return mark is not None and mark.get(f"{_W}val") not in ("0", "false", "off")


def _rows(table: Any) -> Iterator[GridRow]:
    """Yield the rows of a table; a cell that goes on from the one above it holds the same text."""
    above: Sequence[str] = ()
    for row in _own(table, f"{_W}tr", table.tag):
        texts = [""] * _number(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
        copied: set[int] = set()
        below: set[int] = set()
        cells = list(_own(row, f"{_W}tc", row.tag))
        for cell in cells:
            text = one_line("".join(_cell(cell)))
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merged is not None and merged.get(f"{_W}val") != "restart" and len(texts) < len(above):
                below.add(len(texts))
                text = above[len(texts)]
            width = min(_number(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1), _MOST_COLUMNS)
            copied.update(range(len(texts) + 1, len(texts) + width))
            texts.extend([text] * width)
        head = row.find(f"{_W}trPr/{_W}tblHeader")
        above = texts
        yield GridRow(
            texts,
            frozenset(copied),
            frozenset(below),
            head=_is_on(head),
            bold=bool(cells) and all(map(_is_bold, cells)),
        )


def _number(element: Any, otherwise: int) -> int:
    value = str(element.get(f"{_W}val") or "") if element is not None else ""
    return min(int(value), _MOST_COLUMNS) if value.isdecimal() else otherwise


def _is_on(element: Any) -> bool:
    return element is not None and element.get(f"{_W}val") not in ("0", "false", "off")


def _is_bold(cell: Any) -> bool:
    runs = [run for run in cell.iter(f"{_W}r") if run.find(f"{_W}t") is not None]
    return all(_is_on(run.find(f"{_W}rPr/{_W}b")) for run in runs)


def _own(parent: Any, tag: str, kind: str) -> Iterator[Any]:
    """Yield the descendants with `tag` whose nearest ancestor of `kind` is `parent`: not those of tables in cells."""
    for element in parent.iter(tag):
        if next(element.iterancestors(kind)) is parent:
            yield element


def _cell(cell: Any) -> Iterator[str]:
    for paragraph in cell.iter(f"{_W}p"):
        yield from _runs(paragraph)
        yield " "


def _footnotes(document: WordDocument) -> Iterator[str]:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if relation.reltype in (RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES) and not relation.is_external:
            for note in parse_xml(relation.target_part.blob):
                text = " ".join("".join(_cell(note)).split())
                if text and note.get(f"{_W}type") is None:
                    yield f"[{note.get(f'{_W}id')}] {text}"
