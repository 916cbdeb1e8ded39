"""Rows of strangers against types: what fits comes back typed, what does not is told in one sentence."""

from dataclasses import dataclass
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ConfigDict

from data.errors import InputError
from data.shapes import EmptyIsNone, Flag, Name, Number, Requirement, Shape, Share, Text


@dataclass(frozen=True, slots=True)
class Ship:
    __pydantic_config__ = ConfigDict(extra="forbid")

    name: Text
    length: Number = 1.0
    share: Share | None = None
    sunk: Flag = False
    port: Name = ""
    cargo: Annotated[tuple[Text, ...] | None, EmptyIsNone, Requirement("cargo of {name} must be a list of names")] = (
        None
    )


SHIP = Shape(Ship)


def reason(row, shape=SHIP):
    with pytest.raises(InputError) as caught:
        shape.read(row)
    return str(caught.value)


def test_a_row_that_fits_is_read_with_its_types():
    row = {"name": "Ada", "length": 5, "port": 7, "cargo": ["oil", "tea"]}
    assert SHIP.read(row) == Ship("Ada", 5.0, port="7", cargo=("oil", "tea"))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"name": 5}, "'name' must be a non-empty string, found 5"),
        ({"name": "Ada", "length": True}, "'length' must be a finite number, found True"),
        ({"name": "Ada", "length": float("nan")}, "'length' must be a finite number, found nan"),
        ({"name": "Ada", "length": -float("inf")}, "'length' must be a finite number, found -inf"),
        ({"name": "Ada", "length": 10**400}, f"'length' must be a finite number, found 1{'0' * 58}…"),
        ({"name": "Ada", "length": "5"}, "'length' must be a finite number, found '5'"),
        ({"name": "Ada", "share": 0}, "'share' must be above 0 and at most 1, found 0"),
        ({"name": "Ada", "share": float("nan")}, "'share' must be above 0 and at most 1, found nan"),
        ({"name": "Ada", "sunk": 1}, "'sunk' must be true or false, found 1"),
        ({"name": "Ada", "cargo": ["oil", 3]}, "cargo of 'Ada' must be a list of names, found ['oil', 3]"),
        ({}, "required key 'name' is missing"),
        ({"name": "Ada", "lenght": 5}, "unknown key 'lenght': known keys are cargo, length, name, port, share, sunk"),
        ({"name": "Ada", 5: 5}, "unknown key '5': known keys are cargo, length, name, port, share, sunk"),
        ([], "expected an object, found list"),
        (None, "expected an object, found NoneType"),
    ],
)
def test_what_does_not_fit_is_told_with_its_key_and_what_was_found(row, told):
    assert reason(row) == told


def test_what_is_no_object_or_lacks_a_key_may_be_told_in_words_of_its_own():
    named = Shape(Ship, "each ship must have a name, found {found}")
    assert [reason(row, named) for row in (5, {"length": 1})] == [
        "each ship must have a name, found 5",
        "each ship must have a name, found {'length': 1}",
    ]


@pytest.mark.parametrize("empty", [None, "", 0, False, [], {}])
def test_a_name_is_text_whatever_was_written(empty):
    assert SHIP.read({"name": "Ada", "port": empty}).port == ""
    assert SHIP.read({"name": "Ada", "cargo": empty}).cargo is None


@given(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=3)
    | st.text("\x1c\x1f\x85\xa0\u2028\u3000 \n", max_size=5)
)
def test_text_is_whatever_python_does_not_take_for_white_space(value):
    if value.strip():
        assert SHIP.read({"name": value}).name == value
    else:
        assert reason({"name": value}) == f"'name' must be a non-empty string, found {value!r}"
