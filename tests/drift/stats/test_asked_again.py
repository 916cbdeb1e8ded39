"""The exact test of the same questions asked again: what it equals, what it needs, and that it keeps its level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact

from drift.stats import RepeatedQuestion, fewer_right, losses_needed, questions_needed, smallest_loss

once = st.builds(RepeatedQuestion, st.integers(0, 1), st.just(1), st.integers(0, 1), st.just(1))


@given(st.lists(once, min_size=1, max_size=40))
def test_with_one_answer_each_it_is_mcnemars_exact_test(questions):
    lost = sum(one.change < 0 for one in questions)
    moved = sum(one.change != 0 for one in questions)
    expected = binomtest(lost, moved, 0.5, alternative="greater").pvalue if moved else 1.0
    assert fewer_right(questions) == pytest.approx(expected)


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_with_one_question_it_is_fishers_exact_test(before, now, data):
    right = data.draw(st.integers(0, before)), data.draw(st.integers(0, now))
    table = [[right[1], now - right[1]], [right[0], before - right[0]]]
    expected = fisher_exact(table, alternative="less").pvalue
    assert fewer_right([RepeatedQuestion(right[0], before, right[1], now)]) == pytest.approx(expected)


def test_right_answers_gained_elsewhere_count_against_a_loss():
    lost, gained = RepeatedQuestion(3, 3, 0, 3), RepeatedQuestion(0, 3, 3, 3)
    assert fewer_right([lost] * 3) < 0.001
    assert fewer_right([lost] * 3 + [gained] * 3) > 0.5


@pytest.mark.parametrize("repeats", [1, 3, 6])
def test_a_steady_system_stays_within_the_level_whatever_its_chances(repeats):
    rng = np.random.default_rng(5)
    chances = rng.beta(0.5, 0.5, size=20)
    false = 0
    for _ in range(400):
        right = rng.binomial(1, chances), rng.binomial(repeats, chances)
        questions = [RepeatedQuestion(int(a), 1, int(b), repeats) for a, b in zip(*right, strict=True)]
        false += fewer_right(questions) <= 0.05
    assert false <= 34  # 5 % of 400 and three standard errors


def test_what_is_needed_follows_from_the_number_of_answers():
    assert losses_needed(1, 1, 0.05) == 5  # (1/2)^5 = 0.031
    assert losses_needed(1, 6, 0.00375) == 3  # (1/7)^3 = 0.0029
    assert losses_needed(7, 6, 0.00375) == 1
    for needed in (2, 3, 5):
        count = questions_needed(needed, 0.1, 0.8)
        assert smallest_loss(needed, count, 0.8) <= 0.1 < smallest_loss(needed, count - 1, 0.8)
    assert smallest_loss(3, 2, 0.8) is None


def test_losses_that_are_needed_do_reach_the_level_and_one_less_does_not():
    for before, now in ((1, 1), (1, 6), (3, 2), (7, 1)):
        losses = losses_needed(before, now, 0.01)
        lost = [RepeatedQuestion(before, before, 0, now)]
        assert fewer_right(lost * losses) <= 0.01 + 1e-12
        assert losses == 1 or fewer_right(lost * (losses - 1)) > 0.01 - 1e-12
