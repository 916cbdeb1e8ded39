"""Shapley effects: they add up, find the planted cause, and give no shares to chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.shapley import attribute, cells, named

FACTORS = ("index", "model", "settings")


def planted(effects, together=0.0, n=40, noise=0.02, seed=0):
    rng = np.random.default_rng(seed)
    base = rng.uniform(0.6, 0.9, n)
    values = {}
    for cell in cells(FACTORS):
        value = base + sum(effects[name] for name in cell) + (together if {"index", "model"} <= cell else 0.0)
        values[cell] = value + rng.normal(0, noise, n)
    return values


@given(st.lists(st.floats(-1, 1), min_size=8, max_size=8))
def test_effects_add_up_to_the_difference(numbers):
    values = {cell: np.full(3, number) for cell, number in zip(cells(FACTORS), numbers, strict=True)}
    found = attribute(values, FACTORS, 0)
    assert sum(effect.effect for effect in found.effects) == pytest.approx(found.difference, abs=1e-9)


def test_a_planted_cause_gets_the_share_it_has():
    found = attribute(planted({"index": -0.2, "model": -0.1, "settings": 0.0}), FACTORS, 0)
    assert [effect.factor for effect in found.effects] == ["index", "model", "settings"]
    assert [effect.share for effect in found.effects] == pytest.approx([2 / 3, 1 / 3, 0.0], abs=0.05)
    assert found.effects[0].low <= -0.2 <= found.effects[0].high
    assert found.effects[2].low <= 0.0 <= found.effects[2].high


def test_what_hurts_only_together_is_divided_evenly():
    found = attribute(planted(dict.fromkeys(FACTORS, 0.0), together=-0.3, noise=0.0), FACTORS, 0)
    assert {effect.factor: round(effect.effect, 6) for effect in found.effects} == {
        "index": -0.15,
        "model": -0.15,
        "settings": 0.0,
    }


def test_chance_gets_no_shares():
    found = attribute(planted(dict.fromkeys(FACTORS, 0.0), noise=0.1), FACTORS, 0)
    assert found.low < 0 < found.high
    assert {effect.share for effect in found.effects} == {None}


def test_only_questions_that_every_combination_answered_count():
    values = planted({"index": -0.2, "model": 0.0, "settings": 0.0})
    values[frozenset({"model"})][:10] = np.nan
    assert attribute(values, FACTORS, 0).questions == 30
    values[frozenset()][:] = np.nan
    assert attribute(values, FACTORS, 0) is None


def test_intervals_cover_the_planted_effect():
    hits = 0
    for seed in range(150):
        found = attribute(planted({"index": -0.05, "model": 0.0, "settings": 0.0}, noise=0.1, seed=seed), FACTORS, seed)
        effect = next(effect for effect in found.effects if effect.factor == "index")
        hits += effect.low <= -0.05 <= effect.high
    assert 0.88 <= hits / 150 <= 0.99


def test_a_combination_is_named_by_its_parts():
    assert named({"model"}, FACTORS) == "index=old model=new settings=old"
