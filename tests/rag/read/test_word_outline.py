"""Numbers that Word works out are part of the text, and headings are known however their style is called."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from docx import Document as new_document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from rag.read.docx import read_docx
from rag.read.extracted import Extract
from rag.read.word_outline import number_as


class WordFile:
    """A Word file with lists of its own."""

    def __init__(self, *lists: str) -> None:
        self.word = new_document()
        root = self.word.part.numbering_part.element
        for name, levels in enumerate(lists, start=70):
            root.append(parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{name}">{levels}</w:abstractNum>'))
            self.num(name, name)

    def num(self, number: int, abstract: int, overrides: str = "") -> None:
        root = self.word.part.numbering_part.element
        root.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{overrides}</w:num>'
            )
        )

    def add(self, text: str, level: int | None = None, number: int = 70, style: str | None = None) -> Any:
        paragraph = self.word.add_paragraph(text, style)
        if level is not None:
            _set_list(paragraph._p, number, level)
        return paragraph

    def read(self) -> Extract:
        file = BytesIO()
        self.word.save(file)
        return read_docx(file.getvalue())

    def lines(self) -> list[str]:
        return [line for line in self.read().text.split("\n") if line]


def _set_list(element: Any, number: int, level: int) -> None:
    properties = element.get_or_add_pPr()
    listed = OxmlElement("w:numPr")
    for tag, value in (("w:ilvl", level), ("w:numId", number)):
        child = OxmlElement(tag)
        child.set(qn("w:val"), str(value))
        listed.append(child)
    properties.append(listed)


def level(at: int, text: str, kind: str = "decimal", start: int = 1, more: str = "") -> str:
    number = f'<w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>'
    return f'<w:lvl w:ilvl="{at}">{number}{more}<w:lvlText w:val="{text}"/></w:lvl>'


CLAUSES = level(0, "%1.") + level(1, "%1.%2") + level(2, "(%3)", "lowerLetter")


def test_clauses_of_several_levels_have_their_numbers() -> None:
    file = WordFile(CLAUSES)
    for text, at in (("Ships", 0), ("Ferry means a ship.", 1), ("Sailing", 0), ("At noon.", 1), ("Or later.", 1)):
        file.add(text, at)
    for text, at in (("By day", 2), ("By night", 2), ("Never on Sunday.", 1), ("Fares", 0), ("Twelve euro.", 1)):
        file.add(text, at)
    assert file.lines() == [
        "1. Ships",
        "1.1 Ferry means a ship.",
        "2. Sailing",
        "2.1 At noon.",
        "2.2 Or later.",
        "(a) By day",
        "(b) By night",
        "2.3 Never on Sunday.",
        "3. Fares",
        "3.1 Twelve euro.",
    ]


def test_two_lists_count_each_for_itself_and_a_third_goes_on_or_begins_anew() -> None:
    file = WordFile(level(0, "%1."), level(0, "%1)", "upperRoman"))
    file.num(80, 70)
    file.num(81, 70, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>')
    for text, number in (("a", 70), ("b", 71), ("c", 70), ("d", 71), ("e", 80), ("f", 81), ("g", 81)):
        file.add(text, 0, number)
    assert file.lines() == ["1. a", "I) b", "2. c", "II) d", "3. e", "5. f", "6. g"]


def test_bullets_stay_bullets_and_a_list_that_begins_at_a_number_begins_there() -> None:
    file = WordFile(level(0, "\u2022", "bullet"), level(0, "%1.", start=4))
    file.add("dot", 0)
    file.add("four", 0, 71)
    assert file.lines() == ["- dot", "4. four"]


def test_a_number_may_come_from_the_style_of_a_paragraph_or_one_that_it_is_based_on() -> None:
    file = WordFile(level(0, "Article %1", more='<w:pStyle w:val="Clause"/>') + level(1, "%1.%2"))
    clause = file.word.styles.add_style("Clause", 1)
    _set_list(clause.element, 70, 0)
    file.word.styles.add_style("Clause red", 1).base_style = clause
    file.add("Ships sail.", style="Clause")
    file.add("Ships float.", style="Clause red")
    file.add("Plain words.")
    assert file.lines() == ["Article 1 Ships sail.", "Article 2 Ships float.", "Plain words."]


def test_a_paragraph_taken_out_of_the_list_of_its_style_has_no_number() -> None:
    file = WordFile(level(0, "%1."))
    _set_list(file.word.styles.add_style("Clause", 1).element, 70, 0)
    file.add("One.", style="Clause")
    file.add("None.", 0, number=0, style="Clause")
    file.add("Two.", style="Clause")
    assert file.lines() == ["1. One.", "None.", "2. Two."]


def test_an_empty_numbered_paragraph_is_counted() -> None:
    file = WordFile(CLAUSES)
    for text in ("One.", "", "Three."):
        file.add(text, 0)
    assert file.lines() == ["1. One.", "3. Three."]


def test_numbered_headings_carry_their_numbers_into_the_path() -> None:
    file = WordFile(CLAUSES)
    file.add("Payment", 0, style="Heading 1")
    file.add("Interest is four percent.", 1)
    assert file.read().headings[-1].label == "1. Payment"


def test_headings_are_known_by_styles_based_on_them_and_by_outline_levels() -> None:
    file = WordFile()
    file.word.styles.add_style("House title", 1).base_style = file.word.styles["Heading 2"]
    file.add("Ferry", style="Heading 1")
    file.add("Fares", style="House title")
    outlined = file.add("Dogs")
    mark = OxmlElement("w:outlineLvl")
    mark.set(qn("w:val"), "2")
    outlined._p.get_or_add_pPr().append(mark)
    file.add("Dogs pay 12 euro.")
    assert file.read().headings[-1].label == "Ferry > Fares > Dogs"


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (4, "lowerRoman", "iv"),
        (1949, "upperRoman", "MCMXLIX"),
        (27, "lowerLetter", "aa"),
        (3, "upperLetter", "C"),
        (2, "russianLower", "б"),
        (7, "decimalZero", "07"),
        (12, "unheard of", "12"),
        (5, "none", ""),
        (0, "lowerLetter", ""),
    ],
)
def test_numbers_are_written_in_the_kinds_of_word(value: int, kind: str, written: str) -> None:
    assert number_as(value, kind) == written
