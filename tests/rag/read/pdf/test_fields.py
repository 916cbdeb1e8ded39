"""What was filled in or noted is read with the page it stands on."""

from __future__ import annotations

from rag.read.pdf import read_pdf
from tests.rag.read.pdf.made_pdfs import drawn, field, made_pdf, note


def text(*annotations: str, page: str = drawn((60, 700, "Berth:"), (60, 660, "Paid")), rotate: int = 0) -> str:
    return read_pdf(made_pdf(page, annotations=annotations, rotate=rotate)).text


def test_a_value_stands_behind_the_words_left_of_its_field() -> None:
    assert text(field("Tx", "b1", "(Quay 7)", "140 695 300 712")).splitlines() == ["Berth: Quay 7", "Paid"]


def test_a_value_below_its_words_stands_behind_them() -> None:
    page = drawn((60, 700, "Name of the skipper"), (60, 600, "Signed in Brenna."))
    assert (
        text(field("Tx", "n", "(Ida Lund)", "60 678 300 696"), page=page).splitlines()[0].endswith("skipper Ida Lund")
    )


def test_values_of_neighbouring_fields_stand_in_their_order() -> None:
    day = field("Tx", "d", "(14)", "140 695 160 712")
    month = field("Tx", "m", "(August)", "165 695 220 712")
    assert "Berth: 14 August" in text(month, day)


def test_a_tick_left_of_its_words_is_a_mark_before_them() -> None:
    ticked = field("Btn", "p", "/On", "30 655 50 672", "/AS/On/AP<</N<</On 3 0 R/Off 3 0 R>>>>")
    assert "[x] Paid" in text(ticked)


def test_an_empty_box_is_said_to_be_empty() -> None:
    empty = field("Btn", "p", "/Off", "30 655 50 672", "/AS/Off/AP<</N<</On 3 0 R/Off 3 0 R>>>>")
    assert "[ ] Paid" in text(empty)


def test_a_choice_is_read_by_its_label() -> None:
    choice = field("Ch", "c", "(q7)", "140 695 300 712", "/Ff 131072/Opt[[(q6)(Quay six)][(q7)(Quay seven)]]")
    assert "Berth: Quay seven" in text(choice)


def test_a_value_without_words_beside_it_comes_under_the_name_of_its_field() -> None:
    assert "- Harbour master: Ida" in text(field("Tx", "h", "(Ida)", "400 300 500 320", "/TU(Harbour master)"))


def test_on_a_turned_page_values_come_at_its_end() -> None:
    assert text(field("Tx", "b1", "(Quay 7)", "140 695 300 712"), rotate=90).endswith("- b1: Quay 7")


def test_passwords_and_hidden_fields_are_not_read() -> None:
    secret = field("Tx", "s", "(hunter2)", "140 695 300 712", "/Ff 8192")
    hidden = field("Tx", "s", "(hunter3)", "140 695 300 712").replace("/F 4", "/F 2")
    assert "hunter" not in text(secret, hidden)


def test_notes_of_all_kinds_come_at_the_end_of_their_page() -> None:
    found = text(
        note("FreeText", "Rent agreed: 90 euro"), note("Text", "Ask Ida"), note("Highlight", "Is this right?")
    ).splitlines()
    assert found[-3:] == ["- Rent agreed: 90 euro", "- Ask Ida", "- Is this right?"]


def test_a_note_that_nobody_sees_is_not_read() -> None:
    assert "Ask" not in text(note("Text", "Ask Ida", "/F 2"))


def test_text_and_values_of_a_form_are_whole_lines_of_the_right_page() -> None:
    data = made_pdf(
        drawn((60, 700, "Berth:")), drawn((60, 700, "Second.")), annotations=[field("Tx", "b", "(7)", "99 695 300 712")]
    )
    extract = read_pdf(data)
    assert [extract.text[page.start : page.end] for page in extract.pages] == ["Berth: 7", "Second."]
