import pytest

from drift.results import shown_p


@pytest.mark.parametrize(("p", "shown"), [(1, "p = 1"), (0.0123, "p = 0.012"), (4.5e-22, "p = 4.5e-22")])
def test_a_p_value_has_two_digits(p, shown):
    assert shown_p(p) == shown


def test_what_is_too_small_for_a_float_is_never_told_as_impossible():
    assert shown_p(0.0) == "p < 1e-300"
