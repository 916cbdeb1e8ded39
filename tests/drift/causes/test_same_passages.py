"""Answers given the same passages are compared with each other, whatever was asked of them."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from drift.causes.same_passages import beyond_chance, fell_on_same_passages


def evidence(left, right, change, spread=0.1):
    rng = np.random.default_rng(1)
    sides = [SimpleNamespace(items=window.interactions) for window in (left, right)]
    before = {item.id: 0.8 + rng.normal(0, spread) for item in left.interactions}
    after = {item.id: 0.8 + change + rng.normal(0, spread) for item in right.interactions}
    return SimpleNamespace(reference=sides[0], current=sides[1], values_reference=before, values_current=after)


def test_a_drop_is_told_with_its_size(build):
    sentence = fell_on_same_passages(evidence(build("a", 80, seed=1), build("b", 60, seed=2), -0.2, spread=0.001))
    assert sentence.startswith("Answers given the same passages as before changed by -0.200")
    assert sentence.endswith("(80 before, 60 now).")


def test_a_rise_and_a_drop_within_chance_are_not(build):
    left, right = build("a", 80, seed=1), build("b", 60, seed=2)
    assert fell_on_same_passages(evidence(left, right, 0.2)) == ""
    assert fell_on_same_passages(evidence(left, right, -0.05, spread=0.5)) == ""


def test_without_change_five_in_a_hundred_are_told_at_most_by_chance(build):
    left, right = build("a", 80, seed=1), build("b", 60, seed=2)
    rng = np.random.default_rng(5)
    told = 0
    for _ in range(200):
        made = evidence(left, right, 0.0)
        made.values_current = {key: 0.8 + rng.normal(0, 0.1) for key in made.values_current}
        made.values_reference = {key: 0.8 + rng.normal(0, 0.1) for key in made.values_reference}
        told += bool(fell_on_same_passages(made))
    assert 1 <= told <= 20


def test_more_traffic_on_passages_that_score_low_is_no_drop(build):
    left = build("a", 200, seed=1, topics=(0.7, 0.1, 0.1, 0.1))
    right = build("b", 200, seed=2, topics=(0.1, 0.1, 0.1, 0.7))
    made = evidence(left, right, 0.0)
    hard = {item.id for item in (*left.interactions, *right.interactions) if item.contexts[0].text_hash == "h3"}
    for values in (made.values_reference, made.values_current):
        values.update({key: value - 0.4 for key, value in values.items() if key in hard})
    assert fell_on_same_passages(made) == ""


def test_passages_that_only_one_window_knows_say_nothing(build):
    left, right = build("a", 80, seed=1), build("b", 60, seed=2)
    fresh = tuple(
        replace(item, contexts=(replace(item.contexts[0], text_hash=item.id),)) for item in right.interactions
    )
    assert fell_on_same_passages(evidence(left, replace(right, interactions=fresh), -0.3)) == ""


def test_a_drop_without_any_spread_is_beyond_chance():
    assert beyond_chance(-0.1, 0.0)
    assert not beyond_chance(0.0, 0.0)
