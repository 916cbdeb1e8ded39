import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.stats.clusters import ClusteredSample, clustered, numbered
from drift.stats.means import difference


def sample(values, clusters=None):
    zeros = np.zeros(len(values), dtype=np.int64)
    return ClusteredSample(np.asarray(values, float), zeros, () if clusters is None else (np.asarray(clusters),))


def popular(rng, questions, rows):
    """Rows that draw on few questions, each with a quality of its own."""
    labels = rng.integers(questions, size=rows)
    return rng.normal(0.7, 0.2, questions)[labels] + rng.normal(0, 0.02, rows), labels


def test_records_that_are_all_alone_change_nothing():
    rng = np.random.default_rng(1)
    x, y = rng.random(80), rng.random(90)
    plain = difference(x, y, 0.95)
    found = clustered(plain, sample(x, range(80)), sample(y, range(90)), 0.95)
    assert found.estimate.se == pytest.approx(plain.se, rel=0.02)
    assert found.effective == pytest.approx((80, 90), rel=0.02)


def test_a_question_asked_ten_times_with_one_answer_counts_once():
    rng = np.random.default_rng(2)
    x, y = rng.random(40), rng.random(40)
    copies = clustered(
        difference(np.repeat(x, 10), np.repeat(y, 10), 0.95),
        sample(np.repeat(x, 10), np.repeat(np.arange(40), 10)),
        sample(np.repeat(y, 10), np.repeat(np.arange(40), 10)),
        0.95,
    )
    assert copies.estimate.se == pytest.approx(difference(x, y, 0.95).se, rel=0.03)
    assert copies.effective == pytest.approx((40, 40), rel=0.05)


def test_popular_questions_alert_as_seldom_as_the_level_says():
    rng = np.random.default_rng(3)
    naive = robust = 0
    for _ in range(400):
        x, y = rng.normal(0.7, 0.2, 300), popular(rng, 12, 300)
        plain = difference(x, y[0], 0.95)
        found = clustered(plain, sample(x, range(300)), sample(y[0], y[1]), 0.95).estimate
        naive += plain.p_drop <= 0.01
        robust += found.p_drop <= 0.01
    assert naive > 60
    assert robust <= 12


def test_a_real_drop_is_still_seen_through_clusters():
    rng = np.random.default_rng(4)
    x, y = popular(rng, 60, 300), popular(rng, 60, 300)
    found = clustered(difference(x[0], y[0] - 0.4, 0.95), sample(*x), sample(y[0] - 0.4, y[1]), 0.95)
    assert found.estimate.p_drop < 0.001


@given(st.lists(st.floats(0, 1), min_size=3, max_size=30), st.lists(st.floats(0, 1), min_size=3, max_size=30))
def test_clusters_never_make_an_estimate_surer(x, y):
    plain = difference(np.array(x), np.array(y), 0.95)
    found = clustered(plain, sample(x, np.arange(len(x)) // 2), sample(y, np.arange(len(y)) // 2), 0.95)
    assert found.estimate.se >= plain.se
    assert all(0 < size <= len(values) for size, values in zip(found.effective, (x, y), strict=True))


def test_names_are_numbered_and_those_without_one_stay_alone():
    assert numbered(["a", "", "b", "a", ""]).tolist() == [0, 1, 2, 0, 3]
