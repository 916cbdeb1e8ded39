"""Names of columns are found wherever they stand; where there are none, values stand by position."""

import pytest

from rag.read.table import read_csv


def lines(text: str) -> list[str]:
    return read_csv(text.encode()).text.split("\n")


NAMED = {
    "in the first row": ("Part,Stock\nA1,5\n", "Part: A1 | Stock: 5"),
    "below a title and a note": (
        "Stock list\nas of 1 May\nPart,Stock,Shelf\nA1,5,S1\n",
        "Part: A1 | Stock: 5 | Shelf: S1",
    ),
    "below a date of the report": (
        "Made on,1 May,,\nPart,Stock,Shelf,City\nA1,5,S1,Graz\nA2,6,S1,Linz\n",
        "Part: A1 | Stock: 5",
    ),
    "below a title and an empty row": ("Stock list\n\nPart,Stock\nA1,5\n", "Part: A1 | Stock: 5"),
    "on two rows": (
        "Station,Winter,,Summer,\n,min,max,min,max\nLinz,-12,4,11,33\nGraz,-9,6,12,34\n",
        "Station: Linz | Winter / min: -12 | Winter / max: 4 | Summer / min: 11 | Summer / max: 33",
    ),
    "as years": ("Region,2021,2022\nNorth,540,612\nSouth,99,87\n", "Region: North | 2021: 540 | 2022: 612"),
    "as years beside an empty corner": (",2021,2022\nNorth,540,612\nSouth,99,87\n", "North | 2021: 540 | 2022: 612"),
    "as sizes": ("Size,36,38,40\nPrice,10,15,14\nStock,3,9,2\n", "Size: Price | 36: 10 | 38: 15 | 40: 14"),
    "as quarters": ("Product,Q1,Q2\nCable,5,6\nHub,7,8\n", "Product: Cable | Q1: 5 | Q2: 6"),
    "above a row of units": ("Motor,Power,Mass\n,kW,kg\nM1,5.5,40\n", "Motor: M1 | Power (kW): 5.5 | Mass (kg): 40"),
    "above units in brackets": ("Motor,Power\n[-],[kW]\nM1,5.5\nM2,7.5\n", "Motor: M1 | Power (kW): 5.5"),
    "above words alone": ("Country,Capital\nAustria,Vienna\nItaly,Rome\n", "Country: Austria | Capital: Vienna"),
    "above words seen again and again": (
        "Alpha,Beta\n" + "red lamp,shut\ngreen lamp,ajar\n" * 6,
        "Alpha: red lamp | Beta: shut",
    ),
    "in Russian": ("Город,Столица\nВена,да\nГрац,нет\n", "Город: Вена | Столица: да"),
}


@pytest.mark.parametrize("place", NAMED)
def test_values_carry_the_names_that_stand(place):
    text, line = NAMED[place]
    assert any(written.startswith(line) for written in lines(text))


NAMELESS = [
    "AX-1,gasket,5\nAX-2,hose,6\n",
    "1,2,3\n4,5,6\n7,8,9\n",
    "Linz,1999,2004\nGraz,2001,2003\nWels,2003,2004\n",
    "Berlin,Germany,Euro\nParis,France,Euro\nLondon,United Kingdom,Pound\nRome,Italy,Euro\n",
    "Ann Smith,Accounting,Linz\nBob Jones,Sales,Graz\nCid Brown,Sales,Linz\n",
    "K1;yes, and no\nK2;maybe, not\n",
    "2024-05-01,open\n2024-05-02,open\n",
]


@pytest.mark.parametrize("text", NAMELESS)
def test_the_first_record_is_never_taken_for_names(text):
    assert ": " not in "\n".join(lines(text))
    assert len(lines(text)) == text.count("\n") + 1


def test_a_second_table_has_names_of_its_own():
    first, second = "Part,Stock\nA1,5\n", "City,Staff\nLinz,50\n"
    assert lines(f"{first}\n{second}") == [
        "Part | Stock",
        "Part: A1 | Stock: 5",
        "",
        "City | Staff",
        "City: Linz | Staff: 50",
        "",
    ]


def test_a_second_table_below_a_title_in_the_same_block_is_found():
    text = "Part,Stock,Least\nA1,5,1\nA2,6,1\nStaff by city,,\nCity,Staff,Rooms\nLinz,50,3\nGraz,60,4\n"
    assert "City: Graz | Staff: 60 | Rooms: 4" in lines(text)


def test_records_after_an_empty_row_keep_the_names_of_their_table():
    assert lines("Part,Stock\nA1,5\n\nA2,6\n")[-2] == "Part: A2 | Stock: 6"


def test_names_that_are_repeated_on_each_page_are_no_record():
    assert lines("Part,Stock\nA1,5\nPart,Stock\nA2,6\n") == [
        "Part | Stock",
        "Part: A1 | Stock: 5",
        "Part: A2 | Stock: 6",
        "",
    ]


def test_the_title_is_the_heading_of_its_table():
    (heading,) = read_csv(b"Stock list\nPart,Stock\nA1,5\nA2,6\n").headings
    assert heading.label == "Stock list" and heading.start == 0


def test_each_line_of_a_long_record_begins_with_its_first_value():
    names = ["Id", *(f"Field {number}" for number in range(40))]
    values = ["K-7", *(f"value number {number}" for number in range(40))]
    written = [line for line in lines(f"{','.join(names)}\n{','.join(values)}\n") if "value" in line]
    assert len(written) > 1 and all(line.startswith("Id: K-7 | ") and len(line) < 600 for line in written)
    assert "".join(written).count("value number") == 40


def test_a_cell_of_many_pages_stands_below_the_name_of_its_record():
    extract = read_csv(f'Id;Text;Owner\nK-7;"{"It is cleaned, then packed. " * 100}";Desk 1\n'.encode())
    assert extract.text.endswith("Id: K-7 | Owner: Desk 1\n")
    assert [span.label for span in extract.headings] == ["Id: K-7"]
