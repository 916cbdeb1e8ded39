"""Which signs separate and quote is found from how the records come out, never from the letters between quotes."""

import pytest

from rag.read.readers import READERS
from rag.read.table.dialect import CsvDialect, find_dialect
from tests.rag.read.table.made_csv import MadeTable, made_table


def records(text: str, dialect: CsvDialect | None = None) -> list[list[str]]:
    return list((dialect or find_dialect(text)).records(text))


def wrong(made: MadeTable) -> bool:
    return records(made.text.replace("\r\n", "\n")) != [[cell for cell in row] for row in made.rows]


def test_no_column_of_three_hundred_prose_tables_is_shifted():
    assert [made.told for seed in range(300) if wrong(made := made_table(seed))] == []


QUOTED = {
    "doubled quotes before a delimiter": 'a{d}b{d}c\n1{d}"x ""E7"" y{d} z"{d}open\n2{d}"x ""E8""{d} y"{d}shut\n',
    "quotes behind a backslash": 'a{d}b{d}c\n1{d}"x \\"E7\\"{d} y"{d}open\n2{d}"x \\"E8\\" y"{d}shut\n',
    "single quotes": "a{d}b{d}c\n1{d}'x{d} y'{d}open\n2{d}'z{d} w'{d}shut\n",
    "inch marks": 'a{d}b{d}c\n1{d}5" pipe{d}open\n2{d}3" rod{d}shut\n',
}


@pytest.mark.parametrize("kind", QUOTED)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_values_stay_in_their_columns_with(kind, delimiter):
    rows = records(QUOTED[kind].format(d=delimiter))
    assert [len(row) for row in rows] == [3, 3, 3] and [row[2] for row in rows] == ["c", "open", "shut"]


def test_a_long_cell_is_no_reason_to_split_at_its_commas():
    prose = "It is cleaned, oiled and tested, then packed | see 4, 5. " * 500
    rows = records(f'id;text;owner\nK-1;"{prose}; end";Desk 1\nK-2;"{prose}";Desk 2\n')
    assert [row[2] for row in rows] == ["owner", "Desk 1", "Desk 2"]


def test_decimal_commas_are_no_borders():
    assert records("1,5;2,5;x\n3,5;4,5;y\n") == [["1,5", "2,5", "x"], ["3,5", "4,5", "y"]]


def test_a_list_of_sentences_is_one_column():
    text = "Remark\nto check, then to close\nnone\none, two, three\n"
    assert [len(row) for row in records(text)] == [1, 1, 1, 1]


def test_the_line_for_excel_names_the_delimiter_and_is_no_record():
    assert records("sep=;\na;b\n1,5;2\n") == [["a", "b"], ["1,5", "2"]]


def test_one_broken_line_spoils_no_other():
    text = 'id,text,state\n1,"never closed,open\n2,fine,shut\n3,"a, b",open\n'
    assert records(text) == [
        ["id", "text", "state"],
        ["1", '"never closed', "open"],
        ["2", "fine", "shut"],
        ["3", "a, b", "open"],
    ]


def test_a_tsv_file_is_separated_by_tabs_whatever_its_cells_hold():
    text = "id\ttext\nK1\tone, two, three\nK2\tfour, five, six\n"
    reader = READERS.of_extension(".tsv")
    assert (
        reader.read(text.encode()).text == "id | text\nid: K1 | text: one, two, three\nid: K2 | text: four, five, six\n"
    )
