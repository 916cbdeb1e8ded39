"""What stands in the place of a score's number: read where it is one, missing with the reason where not, never 0."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.scales import reading_of


@pytest.mark.parametrize(
    ("value", "number"),
    [(True, 1), (False, 0), ("0.7", 0.7), ("0,7", 0.7), (" 1e-1 ", 0.1), ("75%", 0.75), ("4/5", 0.8), ("Yes", 1)],
)
def test_what_stands_for_a_number_is_read(value, number):
    assert reading_of(value).value == pytest.approx(number)


@pytest.mark.parametrize(
    "value", [None, math.nan, math.inf, -math.inf, "NaN", "n/a", "", "inf", [], {}, 10**400, "5/0"]
)
def test_what_is_no_number_is_missing_with_the_reason(value):
    read = reading_of(value)
    assert read.value is None
    assert read.reason


@pytest.mark.parametrize(("word", "number"), [("Correct", 1), ("hallucinated", 0), ("partially correct", 0.5)])
def test_a_word_that_says_good_or_bad_by_itself_is_read_and_needs_no_turning(word, number):
    read = reading_of(word)
    assert (read.value, read.scale) == (number, "up 0..1")


def test_categories_are_read_by_their_order_worst_first():
    order = ("off topic", "vague", "to the point")
    assert [reading_of(word, order).value for word in ("Off-Topic", "vague", "to the point", "else")] == [
        0.0,
        0.5,
        1.0,
        None,
    ]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists, max_leaves=3))
def test_any_value_is_a_finite_number_or_missing_with_a_reason(value):
    read = reading_of(value)
    assert (read.value is None) == bool(read.reason and read.value is None)
    assert read.value is None or math.isfinite(read.value)
