"""Columns of prose are read one after the other, and rows of tables stay rows."""

from __future__ import annotations

import pytest

from rag.read.pdf import read_pdf
from tests.rag.read.pdf.made_pdfs import drawn, made_pdf

LEFT = ["The winch on the fore deck", "pulls three tonnes, and it", "must be oiled every month", "by the mate."]
RIGHT = ["The winch on the aft deck", "pulls one tonne. Nobody", "needs to oil it, for it is", "of plastic."]
THIRD = ["The anchor is let go only", "by the master, or by the", "pilot where there is one", "on board."]


def drawn_in_rows(*columns: list[str], lefts: tuple[int, ...] = (60, 230, 400), begin: int = 700) -> str:
    rows = zip(*columns, strict=True)
    return drawn(
        *((x, begin - 14 * n, text) for n, row in enumerate(rows) for x, text in zip(lefts, row, strict=False))
    )


def lines(page: str) -> list[str]:
    return read_pdf(made_pdf(page)).text.split("\n")


@pytest.mark.parametrize("columns", [(LEFT, RIGHT), (RIGHT, LEFT), (LEFT, RIGHT, THIRD)])
def test_columns_drawn_row_by_row_are_read_one_after_the_other(columns: tuple[list[str], ...]) -> None:
    assert lines(drawn_in_rows(*columns)) == [line for column in columns for line in column]


def test_lines_over_and_under_columns_stay_where_they_are() -> None:
    over = drawn((60, 730, "Winches of the ferry, and who may use them at sea"))
    under = drawn((60, 600, "Written by the owner for all who work on board of it."))
    found = lines(f"{over}\n{drawn_in_rows(LEFT, RIGHT)}\n{under}")
    assert found[0].startswith("Winches") and found[-1].startswith("Written")
    assert found[1:-1] == [*LEFT, *RIGHT]


def test_columns_drawn_one_after_the_other_stay_as_they_are() -> None:
    page = drawn_in_rows(LEFT) + "\n" + drawn_in_rows(RIGHT, lefts=(230,))
    assert lines(page) == [*LEFT, *RIGHT]


@pytest.mark.parametrize(
    "rows",
    [
        [("Brenna", "08:10"), ("Kallvik", "09:20"), ("Sund", "10:05"), ("Holm", "11:40")],
        [
            ("Dogs on a lead", "Free on deck, not in cabins"),
            ("Cats in a basket", "Free, also in cabins"),
            ("Birds in a cage", "Five euro for each cage"),
            ("Horses in a box", "By the length of the box"),
        ],
        [("Name of the harbour", "Depth in metres"), ("Brenna old quay", "4.5 metres"), ("Sund new quay", "7 metres")],
    ],
)
def test_rows_of_a_table_stay_rows(rows: list[tuple[str, str]]) -> None:
    page = drawn(
        *((x, 700 - 14 * n, text) for n, row in enumerate(rows) for x, text in zip((60, 300), row, strict=True))
    )
    assert lines(page) == [" ".join(row) for row in rows]
