"""A workbook is read as it is shown: every cell that is there, merged ones everywhere they reach."""

import re
import time

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font
from openpyxl.worksheet.table import Table

from rag.read.table import read_xlsx
from tests.rag.read.table.made_workbook import filled, saved

PARTS = [["Part", "Stock", "Shelf"], ["P-1", 5, "S1"], ["P-2", 6, "S2"], ["P-3", 7, "S3"]]


def lines(data: bytes) -> list[str]:
    return [line for line in read_xlsx(data).text.split("\n") if line]


@pytest.mark.parametrize("told", ['ref="A1"', 'ref="A1:B2"', 'ref="B2"', 'ref="A1:XFD1048576"', 'ref="A1:A4"'])
def test_what_a_file_says_of_its_size_is_not_believed(told):
    data = saved(filled(PARTS), lambda xml: re.sub(rb'<dimension ref="[^"]*"', f"<dimension {told}".encode(), xml))
    assert lines(data) == lines(saved(filled(PARTS)))
    assert lines(data)[-1] == "Part: P-3 | Stock: 7 | Shelf: S3"


def test_a_cell_in_the_last_corner_costs_nothing():
    book = filled(PARTS)
    book.active["XFD1048576"] = "stray"
    started = time.process_time()
    assert lines(saved(book))[-2:] == ["Part: P-3 | Stock: 7 | Shelf: S3", "stray"]
    assert time.process_time() - started < 5


def test_a_cell_merged_downwards_counts_for_all_its_rows():
    rows = [["Country", "Plant", "Tons"], ["Austria", "Linz", 300], [None, "Graz", 200], ["Italy", "Bari", 50]]
    assert "Country: Austria | Plant: Graz | Tons: 200" in lines(saved(filled(rows, ["A2:A3"])))


def test_a_cell_merged_to_the_right_counts_for_all_its_columns():
    rows = [["City", "Mon", "Tue"], ["Linz", "closed", None], ["Graz", "open", "closed"]]
    assert "City: Linz | Mon: closed | Tue: closed" in lines(saved(filled(rows, ["B2:C2"])))


def test_groups_above_names_are_part_of_them():
    rows = [["Station", "Winter", None, "Summer", None], [None, "min", "max", "min", "max"], ["Linz", -12, 4, 11, 33]]
    data = saved(filled(rows, ["B1:C1", "D1:E1", "A1:A2"]))
    assert (
        lines(data)[-1] == "Station: Linz | Winter / min: -12 | Winter / max: 4 | Summer / min: 11 | Summer / max: 33"
    )


def test_a_title_over_all_columns_is_the_heading_of_the_table():
    extract = read_xlsx(saved(filled([["Spare parts 2026"], ["valid from 1 May"], *PARTS], ["A1:C1"])))
    assert extract.headings[-1].label == "Sheet > Spare parts 2026"
    assert "Part: P-1 | Stock: 5 | Shelf: S1" in extract.text


def test_a_line_over_all_columns_within_a_table_names_the_rows_below_it():
    rows = [PARTS[0], ["Pumps"], PARTS[1], ["Valves"], PARTS[2]]
    assert "Valves | Part: P-2 | Stock: 6 | Shelf: S2" in lines(saved(filled(rows, ["A2:C2", "A4:C4"])))


def test_tables_beside_each_other_are_read_one_after_the_other():
    rows = [["Part", "Stock", None, "City", "Staff"], ["A1", 5, None, "Linz", 50], ["A2", 6, None, "Graz", 60]]
    assert lines(saved(filled(rows)))[1:] == [
        "Part | Stock",
        "Part: A1 | Stock: 5",
        "Part: A2 | Stock: 6",
        "City | Staff",
        "City: Linz | Staff: 50",
        "City: Graz | Staff: 60",
    ]


def test_bold_letters_and_tables_of_excel_tell_which_row_names_the_columns():
    words = [["alder", "birch"], ["red lamp", "green lamp"], ["long rod", "short rod"]]
    assert "alder: red lamp" not in "\n".join(lines(saved(filled(words))))
    bold, table = filled(words), filled(words)
    for cell in bold.active[1]:
        cell.font = Font(bold=True)
    table.active.add_table(Table(displayName="Woods", ref="A1:B3"))
    for book in (bold, table):
        assert "alder: red lamp | birch: green lamp" in lines(saved(book))


def test_formulas_without_a_value_are_kept_and_counted():
    written = lines(saved(filled([["Item", "Qty", "Sum"], ["a", 1, "=B2*2"], ["b", 2, "=B3*2"]])))
    assert "Item: a | Qty: 1 | Sum: =B2*2" in written
    assert "Formulas of this sheet without a stored value: 2." in written


def test_hidden_rows_columns_and_sheets_are_said():
    book = filled(PARTS)
    book.active.row_dimensions[3].hidden = book.active.column_dimensions["B"].hidden = True
    book.create_sheet("Costs").append(["secret", "sum"])
    book["Costs"].sheet_state = "hidden"
    written = lines(saved(book))
    assert written[-3:] == [
        "Rows of this sheet that are hidden in the workbook: 1.",
        "Columns of this sheet that are hidden in the workbook: 1.",
        "Hidden sheets of this workbook, which are not read: “Costs”.",
    ]
    assert "secret" not in "".join(written)
    assert read_xlsx(saved(book)).notes == ("hidden sheets are not read: “Costs”.",)


def test_titles_of_charts_are_read():
    book = filled(PARTS)
    chart = BarChart()
    chart.title = "Stock by part"
    chart.add_data(Reference(book.active, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    book.active.add_chart(chart, "F2")
    assert "Chart: Stock by part" in lines(saved(book))


def test_merged_cells_without_end_do_not_fill_the_memory():
    huge = b'<mergeCells count="2"><mergeCell ref="A1:XFD1048576"/><mergeCell ref="A2:XFD1048576"/></mergeCells>'
    data = saved(filled(PARTS), lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + huge))
    assert len(read_xlsx(data).text) < 100_000


def test_an_empty_workbook_has_no_lines():
    assert lines(saved(Workbook())) == []
