"""Scores of two windows on one scale: 1 is best, a fall stays a fall, what fits no scale is missing and named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records import Score
from data.scales import Scale, rescaled, scale_of


def scores(metric, *values, scale=""):
    return [Score(f"{n}", metric, value, "judge", scale=scale) for n, value in enumerate(values)]


def values(made):
    return [[score.value for score in side] for side in made.sides]


def test_lower_is_better_is_turned_and_said():
    made = rescaled([scores("hallucination", 0.0, 0.25), scores("hallucination", 1.0)])
    assert values(made) == [[1.0, 0.75], [0.0]]
    assert "turned round" in made.notes[0]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((5, 4, 5), (1, 2, 1), [[1.0, 0.75, 1.0], [0.0, 0.25, 0.0]]),
        ((2, 1), (0, 1), [[1.0, 0.5], [0.0, 0.5]]),
        ((10, 8), (0, 1), [[1.0, 0.8], [0.0, 0.1]]),
        ((95, 80), (20, 10), [[94 / 99, 79 / 99], [19 / 99, 9 / 99]]),
        ((1, -1), (0, -1), [[1.0, 0.0], [0.5, 0.0]]),
    ],
)
def test_a_scale_is_found_in_both_windows_together(before, after, expected):
    made = rescaled([scores("rating", *before), scores("rating", *after)])
    assert [[pytest.approx(v) for v in side] for side in expected] == values(made)
    assert "on a scale from" in made.notes[0]


def test_a_told_scale_goes_before_what_values_suggest():
    made = rescaled([scores("rating", 2, 4, scale="down 0..8"), []])
    assert values(made) == [[0.75, 0.5], []]


def test_a_stray_value_is_missing_and_does_not_change_the_scale():
    made = rescaled([scores("faithfulness", *[0.5] * 99, 1.4), scores("faithfulness", 0.25)])
    assert values(made)[0][-2:] == [0.5, None]
    assert "(1)" in made.notes[0]


def test_windows_on_different_scales_are_not_compared():
    made = rescaled([scores("quality", 0.9, 0.8, 0.7), scores("quality", 4, 5, 3)])
    assert values(made) == [[None] * 3, [None] * 3]
    assert "the other on another scale" in made.notes[0]


def test_values_that_fit_no_scale_are_missing_by_name():
    made = rescaled([scores("quality", 4000.0, -3), []])
    assert values(made)[0] == [None, None]
    assert "fit no usual scale" in made.notes[0]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"direction": "down"}, "down"),
        ({"higher_is_better": False, "range": [0, 10]}, "down 0..10"),
        ({"greater_is_better": True, "min": 1, "max": 5}, "up 1..5"),
        ({"direction": "minimize", "range": "0-100"}, "down 0..100"),
        ({"range": [5, 1]}, ""),
        ({"range": {"min": 0, "max": 4}}, "0..4"),
    ],
)
def test_what_a_row_tells_of_its_scale_is_read(row, text):
    assert str(scale_of(row)) == text


@given(
    st.sampled_from(["", "up", "down"]), st.integers(-9, 9), st.integers(1, 99), st.sampled_from([True, False, None])
)
def test_a_scale_is_read_back_as_it_was_written(direction, low, width, speaks):
    scale = Scale(direction, float(low), float(low + width), speaks)
    assert Scale.parse(str(scale)) == scale


@given(st.lists(st.integers(1, 5), min_size=2), st.lists(st.integers(1, 5), min_size=2))
def test_order_is_kept_on_any_scale(before, after):
    made = values(rescaled([scores("rating", *before), scores("rating", *after)]))
    raw, new = [*before, *after], [*made[0], *made[1]]
    assert all((new[i] <= new[j]) for i in range(len(raw)) for j in range(len(raw)) if raw[i] <= raw[j])
