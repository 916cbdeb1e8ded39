import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, permutation_test

from eval.intervals import difference_interval, drop_p_value, mean_interval, minimum_detectable_drop, share_interval

SHARES = st.lists(st.floats(0, 1), min_size=2, max_size=30)


@pytest.mark.parametrize(("right", "count"), [(0, 5), (3, 10), (49, 49), (120, 200)])
def test_two_valued_samples_get_wilsons_interval(right, count):
    interval = share_interval([1.0] * right + [0.0] * (count - right))
    expected = binomtest(right, count).proportion_ci(method="wilson")
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(SHARES)
def test_an_interval_of_shares_holds_its_mean_and_stays_in_range(values):
    interval = share_interval(values)
    assert 0 <= interval.low <= interval.mean + 1e-9
    assert interval.mean - 1e-9 <= interval.high <= 1
    assert interval.count == len(values)


def test_no_values_have_no_interval():
    assert share_interval([]) is None
    assert mean_interval([]) is None


@pytest.mark.parametrize("draw", ["beta", "three-valued"])
@pytest.mark.parametrize("count", [20, 60])
def test_the_bootstrap_interval_covers_the_true_mean_as_often_as_it_says(draw, count):
    rng = np.random.default_rng(5)
    if draw == "beta":
        samples, truth = rng.beta(6, 2, (600, count)), 0.75
    else:
        samples, truth = rng.choice([0.0, 0.5, 1.0], (600, count), p=[0.2, 0.2, 0.6]), 0.7
    intervals = [share_interval(list(sample), seed=place) for place, sample in enumerate(samples)]
    covered = np.mean([interval.low <= truth <= interval.high for interval in intervals])
    assert 0.925 <= covered <= 0.985


@pytest.mark.parametrize(("worse", "better"), [(0.0, 0.0), (0.02, 0.02), (0.15, 0.05), (0.3, 0.1)])
@pytest.mark.parametrize("count", [30, 120])
def test_the_paired_interval_covers_the_true_difference_at_least_as_often_as_it_says(worse, better, count):
    rng = np.random.default_rng(6)
    samples = rng.choice([-1.0, 0.0, 1.0], (1500, count), p=[worse, 1 - worse - better, better])
    intervals = [difference_interval(sample) for sample in samples]
    covered = np.mean([interval.low <= better - worse <= interval.high for interval in intervals])
    assert covered >= 0.94


@pytest.mark.parametrize("count", [50, 120])
def test_the_paired_interval_of_values_between_right_and_wrong_is_not_too_wide_either(count):
    rng = np.random.default_rng(9)
    samples = np.clip(rng.normal(-0.03, 0.2, (1500, count)), -1, 1)
    intervals = [difference_interval(sample) for sample in samples]
    covered = np.mean([interval.low <= -0.03 <= interval.high for interval in intervals])
    assert 0.935 <= covered <= 0.98


@pytest.mark.parametrize("count", [50, 120])
def test_a_few_wrong_answers_do_not_hide_among_many_tiny_changes(count):
    rng = np.random.default_rng(10)
    wronged = rng.random((1500, count)) < 0.03
    samples = np.where(wronged, -1.0, rng.normal(0, 0.02, (1500, count)))
    intervals = [difference_interval(sample, 0.9) for sample in samples]
    missed = np.mean([interval.low > -0.03 for interval in intervals])
    assert missed <= 0.075


@given(st.lists(st.floats(-0.1, 0.1), min_size=2, max_size=40))
def test_cases_that_change_are_never_surer_than_cases_that_do_not(differences):
    interval, unchanged = difference_interval(differences), difference_interval([0.0] * len(differences))
    assert interval.high - interval.low >= unchanged.high - unchanged.low - 1e-12


def test_unchanged_cases_still_leave_room_for_an_unseen_drop():
    assert difference_interval([0.0] * 30).low < -0.05
    assert -0.02 < difference_interval([0.0] * 400).low < 0


def test_the_exact_permutation_test_is_the_sign_test_for_equal_drops():
    assert drop_p_value([-1.0] * 5 + [0.0] * 40) == pytest.approx(2**-5)
    assert drop_p_value([-1.0] * 5 + [1.0] * 2) == pytest.approx(binomtest(2, 7, alternative="less").pvalue)


def test_the_sampled_permutation_test_agrees_with_the_binomial_test():
    expected = binomtest(12, 40, alternative="less").pvalue
    assert drop_p_value([-1.0] * 28 + [1.0] * 12) == pytest.approx(expected, abs=0.004)


def test_no_change_is_no_evidence():
    assert drop_p_value([0.0] * 10) == 1.0
    assert drop_p_value([]) == 1.0


def test_the_permutation_test_rejects_unchanged_systems_at_most_as_often_as_it_says():
    rng = np.random.default_rng(7)
    null = rng.choice([-1.0, -0.4, 0.0, 0.4, 1.0], (400, 40), p=[0.05, 0.05, 0.8, 0.05, 0.05])
    rejected = np.mean([drop_p_value(sample, rounds=999) <= 0.05 for sample in null])
    assert rejected <= 0.08


def test_the_sampled_permutation_test_agrees_with_scipys():
    rng = np.random.default_rng(3)
    differences = rng.normal(-0.1, 0.4, 25)
    expected = permutation_test((differences,), np.mean, permutation_type="samples", alternative="less", rng=rng)
    assert drop_p_value(differences) == pytest.approx(expected.pvalue, abs=0.02)


def test_constant_shares_between_none_and_all_have_the_limits_of_the_counts_around_them():
    interval = share_interval([0.75] * 10)
    seven, eight = (binomtest(right, 10).proportion_ci(method="wilson") for right in (7, 8))
    assert (interval.low, interval.high) == pytest.approx((seven.low, eight.high))


@pytest.mark.parametrize(("count", "flicker"), [(50, 0.0), (50, 0.1), (200, 0.02), (1000, 0.05)])
def test_the_printed_detectable_drop_is_detected_about_as_often_as_promised(count, flicker):
    rng = np.random.default_rng(8)
    half = round(flicker / 2 * count)
    even = [-1.0] * half + [1.0] * half + [0.0] * (count - 2 * half)
    drop = minimum_detectable_drop(even, alpha=0.05)
    fall = [-1.0, 0.0, 1.0]
    shares = [flicker / 2 + drop, 1 - flicker - drop, flicker / 2]
    found = np.mean([drop_p_value(rng.choice(fall, count, p=shares), rounds=999) <= 0.05 for _ in range(200)])
    assert 0.75 <= found <= 0.98


@given(SHARES)
def test_more_of_the_same_cases_see_smaller_drops(values):
    few = minimum_detectable_drop(values, 0.05)
    assert minimum_detectable_drop(values * 4, 0.05) < few <= 1.0
