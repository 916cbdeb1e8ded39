"""The part of a drop that is retrieval's: only what questions asked again, or what signals of passages, can show."""

from dataclasses import replace

import numpy as np
import pytest

from drift.causes.retrieval import retrieval_share


def values(window, change=0.0, places=None):
    rng = np.random.default_rng(7)
    noise = rng.normal(0, 0.05, len(window.interactions))
    hit = range(len(window.interactions)) if places is None else places
    return {item.id: 0.8 + noise[n] + (change if n in hit else 0.0) for n, item in enumerate(window.interactions)}


def other_passages(window, places):
    items = tuple(
        replace(item, contexts=tuple(replace(part, text_hash=f"new{n}") for part in item.contexts))
        if n in places
        else item
        for n, item in enumerate(window.interactions)
    )
    return replace(window, interactions=items)


def shared(left, right, before, after):
    delta = float(np.mean(list(after.values())) - np.mean(list(before.values())))
    return retrieval_share(left.interactions, right.interactions, before, after, delta)


@pytest.fixture
def asked(build):
    return build("a", 60, seed=1, same_questions=True), build("b", 60, seed=2, same_questions=True)


def test_a_drop_of_the_questions_with_other_passages_alone_is_all_retrieval(asked):
    left, right = asked
    hit = range(0, 60, 2)
    found = shared(left, other_passages(right, hit), values(left), values(right, -0.3, hit))
    assert (found.share, found.proven, found.generation) == (pytest.approx(1.0), True, "")


def test_a_drop_of_all_questions_alike_is_none_of_it(asked):
    left, right = asked
    found = shared(left, other_passages(right, range(0, 60, 2)), values(left), values(right, -0.3))
    assert (found.share, found.proven) == (0.0, False)
    assert "30 questions asked again with the same passages changed by -0.300" in found.generation


def test_both_take_their_part(asked):
    left, right = asked
    hit = range(0, 60, 2)
    after = {key: value - 0.1 for key, value in values(right, -0.2, hit).items()}
    found = shared(left, other_passages(right, hit), values(left), after)
    assert found.share == pytest.approx(0.5)
    assert found.proven
    assert found.generation


def test_an_excess_within_chance_proves_nothing(asked):
    left, right = asked
    hit = range(0, 60, 2)
    rng = np.random.default_rng(3)
    noisy = {key: value - 0.2 + rng.normal(0, 0.5) for key, value in values(right, -0.02, hit).items()}
    found = shared(left, other_passages(right, hit), values(left), noisy)
    assert (found.share, found.proven) == (0.0, False)


def test_questions_that_all_got_other_passages_prove_nothing(asked):
    left, right = asked
    found = shared(left, other_passages(right, range(60)), values(left), values(right, -0.3))
    assert (found.proven, found.generation) == (False, "")
