import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import PermutationMethod, permutation_test, ttest_ind

from drift.stats import means as est
from drift.stats.betting import drop_e_process
from drift.stats.decomposition import kitagawa


def test_the_printed_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(600):
        found = est.difference(rng.beta(6, 2, 60), rng.beta(5, 3, 90), 0.95)
        hits += found.low <= 5 / 8 - 6 / 8 <= found.high
    assert 0.925 <= hits / 600 <= 0.975


def test_the_label_corrected_interval_covers_the_truth_though_the_proxy_is_biased_between_systems():
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(400):
        windows = [_labelled(rng, 400, 80, truth, bias) for truth, bias in ((0.7, 0.0), (0.6, 0.15))]
        proxy = est.difference(windows[0].proxy, windows[1].proxy, 0.95)
        found = est.prediction_powered(windows[0], windows[1], proxy, 0.95).estimate
        hits += found.low <= -0.1 <= found.high
    assert 0.92 <= hits / 400 <= 0.98


def test_a_good_proxy_makes_the_interval_narrower_than_labels_alone():
    rng = np.random.default_rng(2)
    windows = [_labelled(rng, 1000, 80, 0.7, 0.0, noise=0.1) for _ in range(2)]
    proxy = est.difference(windows[0].proxy, windows[1].proxy, 0.95)
    together = est.prediction_powered(windows[0], windows[1], proxy, 0.95)
    alone = est.difference(windows[0].labels, windows[1].labels, 0.95)
    assert together.correlation > 0.8
    assert together.estimate.se < 0.7 * alone.se


def test_a_useless_proxy_changes_next_to_nothing():
    rng = np.random.default_rng(3)
    windows = [
        est.LabelledWindow(rng.random(500), np.arange(100), (rng.random(100) < 0.7).astype(float), np.ones(100))
        for _ in range(2)
    ]
    proxy = est.difference(windows[0].proxy, windows[1].proxy, 0.95)
    together = est.prediction_powered(windows[0], windows[1], proxy, 0.95).estimate
    alone = est.difference(windows[0].labels, windows[1].labels, 0.95)
    assert together.se == pytest.approx(alone.se, rel=0.1)


def test_labels_chosen_with_known_probabilities_are_weighed_back():
    rng = np.random.default_rng(4)
    estimates = []
    for _ in range(200):
        truth = rng.random(2000)
        probability = np.where(truth < 0.5, 0.2, 0.05)
        chosen = np.flatnonzero(rng.random(2000) < probability)
        window = est.LabelledWindow(rng.random(2000), chosen, truth[chosen], 1 / probability[chosen])
        none = est.difference(window.proxy, window.proxy, 0.95)
        estimates.append(est.prediction_powered(window, window, none, 0.95).current)
    assert np.mean(estimates) == pytest.approx(0.5, abs=0.01)


def test_within_strata_ignores_a_change_of_mix():
    rng = np.random.default_rng(5)
    topics_r, topics_c = rng.choice(2, 2000, p=[0.8, 0.2]), rng.choice(2, 2000, p=[0.2, 0.8])
    level = np.array([0.9, 0.4])
    x, y = level[topics_r] + rng.normal(0, 0.05, 2000), level[topics_c] + rng.normal(0, 0.05, 2000)
    inside = est.within_strata(x, y, topics_r, topics_c, 0.95)
    assert est.difference(x, y, 0.95).delta == pytest.approx(-0.3, abs=0.05)
    assert inside.estimate.delta == pytest.approx(0.0, abs=0.01)
    assert inside.overlap == pytest.approx(0.64, abs=0.05)


def test_strata_with_nothing_in_common_say_so():
    x = np.ones(50)
    found = est.within_strata(x, x, np.zeros(50, dtype=int), np.ones(50, dtype=int), 0.95)
    assert found.overlap == 0.0
    assert found.estimate.p_drop == 1.0


@pytest.mark.parametrize("test", ["paired", "permuted", "difference"])
def test_the_false_alarm_rate_of_one_sided_tests_is_the_level(test):
    rng = np.random.default_rng(6)
    p_values = []
    for _ in range(300):
        x, y = rng.beta(6, 2, 25), rng.beta(6, 2, 25)
        if test == "difference":
            p_values.append(est.difference(x, y, 0.95).p_drop)
        else:
            p_values.append(getattr(est, test)(x, y, 0.95, rng).p_drop)
    assert 0.02 <= np.mean(np.array(p_values) <= 0.05) <= 0.09


def test_the_unpaired_difference_is_scipys_welch_test():
    rng = np.random.default_rng(11)
    x, y = rng.beta(6, 2, 60), rng.beta(5, 3, 90)
    found, expected = est.difference(x, y, 0.95), ttest_ind(y, x, equal_var=False)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))
    assert found.p_drop == pytest.approx(ttest_ind(y, x, equal_var=False, alternative="less").pvalue)


def test_p_values_of_small_samples_are_those_of_scipys_permutation_tests():
    rng = np.random.default_rng(12)
    x, y = rng.beta(6, 2, 20), rng.beta(5, 3, 20)
    flips = permutation_test((y - x,), np.mean, permutation_type="samples", alternative="less", rng=rng)
    assert est.paired(x, y, 0.95, rng).p_drop == pytest.approx(flips.pvalue, abs=0.02)
    drawn = PermutationMethod(n_resamples=9_999, rng=rng)
    labels = ttest_ind(y, x, equal_var=False, alternative="less", method=drawn)
    assert est.permuted(x, y, 0.95, rng).p_drop == pytest.approx(labels.pvalue, abs=0.02)


def test_pairs_see_a_drop_that_unpaired_values_hide():
    rng = np.random.default_rng(7)
    easy = rng.random(60)
    x, y = easy, easy - 0.05 + rng.normal(0, 0.02, 60)
    assert est.paired(x, y, 0.95, rng).p_drop < 1e-6
    assert est.difference(x, y, 0.95).p_drop > 0.05


def test_the_detectable_drop_is_found_as_often_as_promised():
    rng = np.random.default_rng(8)
    hits = 0
    drop = est.detectable(0.2 * np.sqrt(2 / 100), 0.01, 0.8)
    for _ in range(400):
        found = est.difference(rng.normal(0.7, 0.2, 100), rng.normal(0.7 - drop, 0.2, 100), 0.95)
        hits += found.p_drop <= 0.01
    assert 0.74 <= hits / 400 <= 0.86


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_mix_and_within_add_up_to_the_change_exactly(seed, count):
    rng = np.random.default_rng(seed)
    m, n = rng.integers(1, 40, 2)
    x, y = rng.random(m), rng.random(n)
    split = kitagawa(x, y, rng.integers(0, count, m), rng.integers(0, count, n), count)
    assert split.mix + split.within == pytest.approx(split.delta, abs=1e-9)
    assert split.contributions.sum() == pytest.approx(split.within, abs=1e-9)
    assert split.mix_parts.sum() == pytest.approx(split.mix, abs=1e-9)


def test_a_pure_change_of_mix_is_all_mix():
    split = kitagawa(
        np.array([1.0, 1, 1, 0]), np.array([1.0, 0, 0, 0]), np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1]), 2
    )
    assert split.within == 0
    assert split.mix == pytest.approx(-0.5)


def test_the_e_process_almost_never_reaches_its_limit_while_nothing_changes():
    rng = np.random.default_rng(9)
    alarms = sum(drop_e_process(rng.binomial(1, 0.8, 1500).astype(float), 0.8).max() >= 100 for _ in range(300))
    assert alarms / 300 <= 0.02


def test_the_e_process_finds_a_real_drop():
    rng = np.random.default_rng(10)
    assert drop_e_process(rng.binomial(1, 0.6, 300).astype(float), 0.8)[-1] > 1000


def _labelled(rng, n, labelled, truth, bias, noise=0.4):
    quality = (rng.random(n) < truth).astype(float)
    proxy = np.clip(quality + bias + rng.normal(0, noise, n), -1, 2)
    chosen = rng.permutation(n)[:labelled]
    return est.LabelledWindow(proxy, chosen, quality[chosen], np.ones(labelled))
