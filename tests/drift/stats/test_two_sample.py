import numpy as np
import pytest

from drift.stats import two_sample as detect

SEED = 3


def vectors(n, seed, shift=0.0, spread=1.0, dims=24):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, dims)) * spread
    rows[:, 0] += shift
    return rows.astype(np.float32)


def test_vectors_whose_centre_moved_are_found():
    assert detect.vector_shift(vectors(200, 1), vectors(200, 2, shift=0.6), 199, SEED).p_value <= 0.01


def test_vectors_whose_spread_changed_around_the_same_centre_are_found():
    assert detect.vector_shift(vectors(200, 1), vectors(200, 2, spread=1.4), 199, SEED).p_value <= 0.01


def test_vectors_of_one_distribution_alarm_as_often_as_the_level():
    p_values = [detect.vector_shift(vectors(40, s), vectors(40, s + 1000), 99, s).p_value for s in range(100)]
    assert np.mean(np.array(p_values) <= 0.05) <= 0.12
    assert 0.35 <= np.mean(p_values) <= 0.65


def test_the_classifier_is_better_than_chance_only_where_something_moved():
    assert detect.classifier_auc(vectors(200, 1), vectors(200, 2, shift=1.5), SEED).effect > 0.2
    assert abs(detect.classifier_auc(vectors(200, 1), vectors(200, 2), SEED).effect) < 0.08


def test_names_in_other_proportions_are_found():
    shift = detect.category_shift(["a"] * 80 + ["b"] * 20, ["a"] * 50 + ["b"] * 50, 999, SEED)
    assert shift.effect == pytest.approx(0.3)
    assert shift.p_value <= 0.002


def test_names_in_the_same_proportions_are_not():
    names = ["a", "b", "c"] * 30
    assert detect.category_shift(names, names, 299, SEED).p_value > 0.5
    assert detect.category_shift(["a"] * 9, ["a"] * 5, 299, SEED).p_value == 1.0


def test_a_number_that_moved_is_found_with_its_direction():
    rng = np.random.default_rng(0)
    down = detect.value_shift(rng.normal(1, 1, 300), rng.normal(0.5, 1, 300))
    assert down.effect == pytest.approx(-0.5, abs=0.15)
    assert down.p_value < 1e-4
    assert detect.value_shift(np.ones(9), np.ones(9)).p_value == 1.0


def test_the_classifier_tells_windows_of_one_repeated_vector_apart_by_nothing(recwarn):
    same = np.ones((20, 8), np.float32)
    assert detect.classifier_auc(same, same, SEED) == detect.Shift(0.0, 1.0)
    assert not recwarn.list


@pytest.mark.parametrize(
    "test", [lambda a, b: detect.vector_shift(a, b, 99, SEED), lambda a, b: detect.classifier_auc(a, b, SEED)]
)
def test_the_same_seed_gives_the_same_answer(test):
    one, two = vectors(60, 1), vectors(50, 2, shift=0.5)
    assert test(one, two) == test(one, two)


def test_identical_samples_never_fire():
    rows = vectors(80, 1)
    assert detect.vector_shift(rows, rows, 99, SEED).p_value > 0.9
    values = rows[:, 0].astype(float)
    assert detect.value_shift(values, values).p_value > 0.9
