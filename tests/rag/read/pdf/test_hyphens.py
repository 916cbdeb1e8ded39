"""A word that a line end broke is whole again; a hyphen of its own stays."""

from __future__ import annotations

import pytest

from rag.read.pdf import read_pdf
from rag.read.pdf.hyphens import MARK, join_broken
from tests.rag.read.pdf.made_pdfs import drawn, made_pdf


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("thermo|stat", "thermostat"),
        ("Schiff|fahrt", "Schifffahrt"),
        ("верто|лёт", "вертолёт"),
        ("long|term", "long-term"),
        ("self|test", "self-test"),
        ("stand|by", "stand-by"),
        ("rule|based", "rule-based"),
        ("AB|4711", "AB-4711"),
        ("Franco|German", "Franco-German"),
        ("state-of-the|art", "state-of-the-art"),
        ("stay|at-home", "stay-at-home"),
        ("well-estab|lished", "well-established"),
        ("кто|то", "кто-то"),
        ("a|b", "ab"),
    ],
)
def test_a_word_is_joined_or_keeps_its_hyphen(broken: str, whole: str) -> None:
    assert join_broken([f"so {broken.replace('|', MARK)}."]) == [f"so {whole}."]


@pytest.mark.parametrize(("elsewhere", "whole"), [("cardboard", "cardboard"), ("card-board", "card-board")])
def test_the_rest_of_the_document_says_how_a_word_is_written(elsewhere: str, whole: str) -> None:
    assert join_broken([f"card{MARK}board", f"A {elsewhere} box."])[0] == whole


def test_two_words_that_stand_alone_elsewhere_keep_the_hyphen_between_them() -> None:
    assert join_broken([f"fuel{MARK}cell", "The fuel of a cell."])[0] == "fuel-cell"


def test_a_mark_beside_no_word_is_a_hyphen() -> None:
    assert join_broken([f"3 {MARK} 4, {MARK}"]) == ["3 - 4, -"]


def test_words_broken_on_a_page_are_whole_in_its_text() -> None:
    page = drawn((60, 700, "Its thermo-"), (60, 686, "stat is set to minus eighteen de-"), (60, 672, "grees."))
    assert read_pdf(made_pdf(page)).text == "Its thermostat is set to minus eighteen degrees."
