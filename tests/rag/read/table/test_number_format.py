"""Numbers and dates are written as the workbook shows them."""

import datetime

import pytest

from rag.read.table import read_xlsx
from tests.rag.read.table.made_workbook import filled, saved

MARCH = datetime.datetime(2026, 3, 1, 14, 5)
SHOWN = [
    (0.15, "0%", "15%"),
    (0.15, "0\\ %", "15 %"),
    (0.075, "0.0%", "7.5%"),
    (4711, "000000", "004711"),
    (123456789, "000-00-0000", "123-45-6789"),
    (1234.5, '#,##0.00 "€"', "1,234.50 €"),
    (-1234.5, "#,##0.00 [$€-407];[Red]-#,##0.00 [$€-407]", "-1,234.50 €"),
    (34, "#,##0", "34"),
    (1234567, '"$"#,##0', "$1,234,567"),
    (12345678, '#,##0,"k"', "12,346k"),
    (21.456, '0.0"°C"', "21.5°C"),
    (2.5, "0.0##", "2.5"),
    (0, '0;-0;"none"', "none"),
    (-50, "#,##0_);(#,##0)", "(50)"),
    (0.1 + 0.2, "General", "0.3"),
    (74.0, "General", "74"),
    (0.5, "# ?/?", "0.5"),
    (True, "General", "TRUE"),
    ("0042", "@", "0042"),
    (MARCH.date(), "DD.MM.YYYY", "01.03.2026"),
    (MARCH.date(), "mm-dd-yy", "2026-03-01"),
    (MARCH, "d mmm yyyy h:mm", "1 Mar 2026 14:05"),
    (MARCH, "yyyy-mm-dd h:mm AM/PM", "2026-03-01 2:05 PM"),
    (MARCH.date(), "dddd, d. mmmm yyyy", "Sunday, 1. March 2026"),
    (datetime.time(8, 30), "h:mm", "08:30"),
    (datetime.timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
]


@pytest.mark.parametrize(("value", "code", "shown"), SHOWN)
def test_a_value_is_written_as_it_is_shown(value, code, shown):
    book = filled([["Kind", "Worth"], ["a", value]])
    book.active["B2"].number_format = code
    assert read_xlsx(saved(book)).text.split("\n")[-2] == f"Kind: a | Worth: {shown}"


@pytest.mark.parametrize(
    "code", ["0.00E+00", '"', "[", "0;0;0;0;0;0", ";;;", "??/??", ",,,", "%%%", "[$", "y" * 99, "0" * 300]
)
def test_no_format_makes_a_workbook_unreadable(code):
    book = filled([["Kind", "Worth"], ["a", 12.5], ["b", -3], ["c", 0]])
    for row in (2, 3, 4):
        book.active.cell(row, 2).number_format = code
    assert "Kind: a" in read_xlsx(saved(book)).text
