"""Tables of web pages, Word documents and slides: the same model reads them all."""

from __future__ import annotations

import time
from io import BytesIO

import pytest

from rag.read.docx import read_docx
from rag.read.html import read_html
from rag.read.pptx import read_pptx

REBATES = [["Region", "Product", "Rebate"], ["South", "Cable", "3 %"], ["", "Hub", "19 %"], ["North", "Hub", "5 %"]]
STATIONS = [["Station", "Winter", "", "Summer", ""], ["", "min", "max", "min", "max"], ["Linz", "-12", "4", "11", "33"]]
LONG = [["Part", "Stock", "Shelf"], *([f"AX-{number}", str(number % 90), f"S{number % 7}"] for number in range(150))]


def page(table: str) -> list[str]:
    return [line for line in read_html(f"<table>{table}</table>".encode()).text.split("\n") if line]


def html_of(rows: list[list[str]]) -> list[str]:
    return page("".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows))


def word_of(rows: list[list[str]], merges: tuple[tuple[int, int, int, int], ...] = ()) -> list[str]:
    from docx import Document

    word = Document()
    fill(table := word.add_table(len(rows), len(rows[0])), rows)
    return text_of(word, table, merges, read_docx)


def slide_of(rows: list[list[str]], merges: tuple[tuple[int, int, int, int], ...] = ()) -> list[str]:
    from pptx import Presentation

    show = Presentation()
    shapes = show.slides.add_slide(show.slide_layouts[6]).shapes
    fill(table := shapes.add_table(len(rows), len(rows[0]), 0, 0, 10**6, 10**6).table, rows)
    return [line for line in text_of(show, table, merges, read_pptx) if line != "\f"]


def fill(table, rows) -> None:
    cells = [list(row.cells) for row in table.rows]
    for number, row in enumerate(rows):
        for at, text in enumerate(row):
            cells[number][at].text = text


def text_of(document, table, merges, read) -> list[str]:
    for top, left, bottom, right in merges:
        table.cell(top, left).merge(table.cell(bottom, right))
    file = BytesIO()
    document.save(file)
    return [line for line in read(file.getvalue()).text.split("\n") if line]


@pytest.mark.parametrize("written", [html_of, word_of, slide_of])
def test_every_row_of_a_long_table_names_its_values(written):
    lines = written(LONG)
    assert lines[0] == "Part | Stock | Shelf" and len(lines) == 151
    assert lines[120] == "Part: AX-119 | Stock: 29 | Shelf: S0"


@pytest.mark.parametrize("written", [word_of, slide_of])
def test_a_cell_merged_downwards_counts_for_all_its_rows(written):
    assert "Region: South | Product: Hub | Rebate: 19 %" in written(REBATES, ((1, 0, 2, 0),))


@pytest.mark.parametrize("written", [word_of, slide_of])
def test_groups_above_names_are_part_of_them(written):
    lines = written(STATIONS, ((0, 1, 0, 2), (0, 3, 0, 4), (0, 0, 1, 0)))
    assert lines[-1] == "Station: Linz | Winter / min: -12 | Winter / max: 4 | Summer / min: 11 | Summer / max: 33"


def test_cells_of_a_page_that_span_rows_and_columns_are_filled():
    south = "<tr><th>Region<th>Product<th>Rebate<tr><td rowspan=2>South<td>Cable<td>3 %<tr><td>Hub<td>19 %"
    assert page(south)[-1] == "Region: South | Product: Hub | Rebate: 19 %"
    middle = "<tr><th>Part<th>Region<th>Stock<tr><td>A<td rowspan=2>South<td>1<tr><td>B<td>2<tr><td>C<td>North<td>3"
    assert page(middle)[-2:] == ["Part: B | Region: South | Stock: 2", "Part: C | Region: North | Stock: 3"]
    closed = "<tr><th>City<th>Mon<th>Tue<th>Wed<tr><td>Linz<td colspan=2>closed<td>open"
    assert page(closed)[-1] == "City: Linz | Mon: closed | Tue: closed | Wed: open"
    levels = "<tr><th rowspan=2>Site<th colspan=2>Winter<tr><th>min<th>max<tr><td>Linz<td>-12<td>4"
    assert page(levels)[-1] == "Site: Linz | Winter / min: -12 | Winter / max: 4"


def test_names_in_the_first_column_stand_before_their_values():
    assert page("<tr><th>Weight<td>5 kg<tr><th>Length:<td>20 cm") == ["Weight: 5 kg", "Length: 20 cm"]
    years = "<tr><td><th>2021<th>2022<tr><th>North<td>5<td>6"
    assert page(years)[-1] == "North | 2021: 5 | 2022: 6"


def test_a_page_without_names_gives_values_by_position():
    assert page("<tr><td>AX-1<td>gasket<td>5<tr><td>AX-2<td>hose<td>6") == ["AX-1 | gasket | 5", "AX-2 | hose | 6"]


def test_marked_names_in_the_middle_begin_another_table_and_a_sum_does_not():
    two = "<tr><th>Part<th>Stock<tr><td>A<td>5<tr><th>City<th>Staff<tr><td>Linz<td>50"
    assert page(two)[-1] == "City: Linz | Staff: 50"
    summed = "<tr><th>Part<th>Stock<tr><td>A<td>5<tr><th>Total<th>5"
    assert page(summed)[-1] == "Part: Total | Stock: 5"


@pytest.mark.parametrize(
    "above", ["<table><caption>Table 3: Stock in Graz</caption>", "<p>Table 3: Stock in Graz</p><table>"]
)
def test_a_caption_is_a_heading_of_its_table_alone(above):
    rows = "<tr><th>Part<th>Stock<tr><td>A<td>5</table>"
    extract = read_html(f"<h2>Store</h2><p>Before.</p>{above}{rows}<p>After.</p>".encode())
    under = {span.label: extract.text[span.start : span.end] for span in extract.headings}
    assert "Part: A | Stock: 5" in under["Store > Table 3: Stock in Graz"]
    assert "After." not in under["Store > Table 3: Stock in Graz"]


def test_spans_without_end_and_rows_of_names_alone_cost_little():
    started = time.process_time()
    page("<tr><td colspan=1000 rowspan=60000>x<td>y" + "<tr><td colspan=99999>z" * 300)
    page("<tr><th>a<th>b" * 3000)
    assert time.process_time() - started < 20
