"""Tables of PDF pages are told by their ruling lines."""

from __future__ import annotations

import pytest

from rag.read.readers import READERS

ROOMS = [["Room", "Seats", "Floor"], ["Aurora", "14", "2"], ["Borealis", "60", "3"], ["Cirrus", "8", "1"]]


def lines(rows, above: str = "Meeting rooms", below: str = "Ask at the desk.", borders: str = "ALL") -> list[str]:
    from fpdf import FPDF

    made = FPDF()
    made.add_page()
    made.set_font("Helvetica", size=11)
    made.cell(text=above, new_x="LMARGIN", new_y="NEXT")
    with made.table(borders_layout=borders) as table:
        for row in rows:
            line = table.row()
            for cell in row:
                line.cell(**cell) if isinstance(cell, dict) else line.cell(cell)
    made.cell(text=below)
    text = READERS.of_extension(".pdf").read(bytes(made.output())).text
    return [line for line in text.split("\n") if line.strip()]


def test_rows_between_lines_name_their_values():
    assert lines(ROOMS) == [
        "Meeting rooms",
        "Room | Seats | Floor",
        "Room: Aurora | Seats: 14 | Floor: 2",
        "Room: Borealis | Seats: 60 | Floor: 3",
        "Room: Cirrus | Seats: 8 | Floor: 1",
        "Ask at the desk.",
    ]


def test_cells_without_a_line_between_them_are_one():
    rows = [["Region", "Product", "Rebate"], [{"text": "South", "rowspan": 2}, "Cord", "4 %"], ["Switch", "21 %"]]
    assert "Region: South | Product: Switch | Rebate: 21 %" in lines(rows)
    wide = [["Station", {"text": "Winter", "colspan": 2}], ["", "min", "max"], ["Brenna", "-14", "3"]]
    assert "Brenna" in lines(wide)[-2] and "Winter / min: -14 | Winter / max: 3" in lines(wide)[-2]


@pytest.mark.parametrize("borders", ["NONE", "SINGLE_TOP_LINE", "HORIZONTAL_LINES", "MINIMAL"])
def test_a_page_without_a_grid_keeps_its_text(borders):
    written = lines(ROOMS, borders=borders)
    assert written[1] == "Room Seats Floor" and "Room: " not in "".join(written)


def test_a_grid_without_names_keeps_its_text():
    assert not any(
        "|" in line for line in lines([["AX-1", "washer", "15"], ["AX-2", "spring", "92"], ["AX-3", "clip", "3"]])
    )


def test_lines_below_words_of_prose_make_no_table():
    from fpdf import FPDF

    made = FPDF()
    made.add_page()
    made.set_font("Helvetica", size=11)
    made.multi_cell(w=150, text="The ferry leaves at nine and comes back at noon. " * 6)
    for across in (20, 60, 100):
        made.line(across, 10, across, 30)
        made.line(20, across / 5 + 6, 100, across / 5 + 6)
    text = READERS.of_extension(".pdf").read(bytes(made.output())).text
    assert "|" not in text and text.count("ferry") == 6
