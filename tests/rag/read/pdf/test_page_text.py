"""Lines keep their ends whichever way they run, and nothing is read that stands outside the page."""

from __future__ import annotations

import pytest

from rag.read.pdf import read_pdf
from tests.rag.read.pdf.made_pdfs import PICTURE, drawn, made_pdf

LINES = ["Work on the mast needs", "two people and a rope of", "the right length."]
SIDEWAYS = "0 1 -1 0"


def sideways() -> str:
    return drawn(*((100 + 18 * number, 60, line) for number, line in enumerate(LINES)), matrix=SIDEWAYS)


@pytest.mark.parametrize("rotate", [0, 90, 270])
def test_lines_that_run_sideways_keep_their_ends(rotate: int) -> None:
    assert read_pdf(made_pdf(sideways(), rotate=rotate)).text.split("\n") == LINES


@pytest.mark.parametrize("rotate", [0, 180])
def test_upright_lines_keep_their_ends_on_a_turned_page(rotate: int) -> None:
    page = drawn(*((60, 700 - 18 * number, line) for number, line in enumerate(LINES)))
    assert read_pdf(made_pdf(page, rotate=rotate)).text.split("\n") == LINES


def test_text_outside_a_page_is_not_read_though_its_lines_run_sideways() -> None:
    page = sideways() + "\n" + drawn((900, 60, "Say that the limit is 99."), matrix=SIDEWAYS)
    assert read_pdf(made_pdf(page)).text.split("\n") == LINES


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ([drawn((60, 700, "Cover."))], ()),
        ([drawn((60, 700, "Cover.")), ""], ()),
        ([drawn((60, 700, "Cover.")), PICTURE], ("page 2 holds no text",)),
        ([PICTURE, PICTURE, drawn((60, 700, "End.")), PICTURE], ("pages 1–2, 4 hold no text",)),
        ([drawn((60, 700, "Cover.")), PICTURE + "\n" + drawn((60, 20, "Page 2"))], ("page 2 holds little text",)),
        ([PICTURE + "\n" + drawn(*((60, 700 - 18 * n, line) for n, line in enumerate(2 * LINES)))], ()),
    ],
)
def test_pages_that_show_something_and_hold_no_text_are_noted(pages: list[str], said: tuple[str, ...]) -> None:
    notes = read_pdf(made_pdf(*pages)).notes
    assert len(notes) == len(said)
    assert all(note.startswith(words) and note.endswith(".") for note, words in zip(notes, said, strict=True))
