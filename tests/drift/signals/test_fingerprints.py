"""Values of the fingerprint that are new are found, with how many records they serve and since when."""

from dataclasses import replace

import pytest

from drift.causes.changed import clear_changes
from drift.planes.timeline import fingerprint_changes
from drift.quality.scoring import Side
from drift.signals.fingerprints import NewValue, new_values


def served(window, *models):
    """Let the models answer in turns."""
    items = tuple(
        replace(item, fingerprint=replace(item.fingerprint, chat_model=models[number % len(models)]))
        for number, item in enumerate(window.interactions)
    )
    return replace(window, interactions=items)


def test_a_new_value_is_told_with_its_records_and_its_first_time(build):
    before, after = served(build("a", 6), "m2", "m1", "m1"), served(build("b", 6, day=9), "m1", "m3", "m2")
    found = new_values("chat_model", before.interactions, after.interactions)
    assert found == (NewValue("m1", "m3", 2, after.interactions[1].at),)


def test_of_values_that_are_equally_usual_the_first_of_the_alphabet_is_named_whatever_came_first(build):
    after = served(build("b", 4, day=9), "m3").interactions
    for order in (("m2", "m1"), ("m1", "m2")):
        [new] = new_values("chat_model", served(build("a", 4), *order).interactions, after)
        assert new.usual == "m1"


def test_nothing_is_new_where_nobody_named_the_value_before(build):
    before, after = served(build("a", 4), ""), served(build("b", 4, day=9), "m1")
    assert new_values("chat_model", before.interactions, after.interactions) == ()
    assert new_values("chat_model", (), after.interactions) == ()


@pytest.mark.parametrize(("turns", "changes", "clear"), [(1, 1, 1), (2, 1, 0), (20, 1, 0), (21, 0, 0)])
def test_a_twentieth_is_a_change_of_the_system_and_more_than_half_a_change_of_its_answers(build, turns, changes, clear):
    before = served(build("a", 420), "m1")
    after = served(build("b", 420, day=9), "m2", *["m1"] * (turns - 1))
    left, right = (Side(window, window.traffic, {}) for window in (before, after))
    assert len(fingerprint_changes(left.items, right.items)) == changes
    assert len(clear_changes(left, right, [])) == clear


def test_as_many_values_as_records_are_each_new_and_none_of_them_a_change(build):
    before = served(build("a", 3_000), *(f"m{number}" for number in range(3_000)))
    after = served(build("b", 3_000, day=9), *(f"n{number}" for number in range(3_000)))
    assert len(new_values("chat_model", before.interactions, after.interactions)) == 3_000
    assert fingerprint_changes(before.interactions, after.interactions) == ()
