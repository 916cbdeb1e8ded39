"""Labels chosen with known probabilities: the laws of the design, and coverage on real human labels."""

import gzip
import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drift.labels.plan import LabelCandidate, plan_round, quotas
from drift.labels.sampling import FLOOR, active_sample, combined, inclusion_probabilities, systematic
from drift.stats import means as est
from eval.errors import UnscorableAnswer
from eval.quality.groundedness import GroundednessProxy

SHARED_DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
SCORES = st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), min_size=1, max_size=80).map(np.array)


@given(SCORES, st.integers(0, 100))
def test_probabilities_add_up_and_none_is_under_the_floor(proxy, count):
    probability = inclusion_probabilities(proxy, count)
    wanted = min(count, proxy.size)
    assert probability.sum() == pytest.approx(wanted, abs=1e-6)
    assert probability.max() <= 1.0
    assert probability.min() >= FLOOR * wanted / proxy.size - 1e-9


@given(SCORES, st.integers(0, 100), st.integers(0, 2**32))
def test_a_sample_has_exactly_the_size_asked_for_and_no_record_twice(proxy, count, seed):
    sample = active_sample(proxy, count, np.random.default_rng(seed))
    assert len(set(sample.chosen.tolist())) == len(sample.chosen) == min(count, proxy.size)


def test_each_record_is_chosen_as_often_as_its_probability_says():
    proxy = np.linspace(0, 1, 40)
    probability = inclusion_probabilities(proxy, 10)
    rng = np.random.default_rng(0)
    seen = np.zeros(40)
    for _ in range(4000):
        seen[systematic(probability, rng)] += 1
    assert np.abs(seen / 4000 - probability).max() < 0.04


def test_records_the_proxy_is_unsure_about_are_asked_more_often():
    probability = inclusion_probabilities(np.array([0.5] * 50 + [0.99] * 50), 20)
    assert probability[0] > 2 * probability[-1]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=4), st.integers(0, 60))
def test_new_labels_go_to_the_window_that_has_fewer(have, count):
    given_ = quotas(have, [20] * len(have), count)
    assert sum(given_) == min(count, 20 * len(have))
    ends = [a + b for a, b in zip(have, given_, strict=True)]
    for row, extra in enumerate(given_):
        if extra:
            assert all(ends[row] <= ends[other] + 1 or given_[other] == 20 for other in range(len(have)))


def test_a_second_round_asks_for_others_and_remembers_the_first():
    window = [LabelCandidate(f"r{n}", 0.5) for n in range(100)]
    first = plan_round([window], 20, seed=1)
    again = [LabelCandidate(item.id, 0.5, first.probability[item.id], item.id in first.chosen) for item in window]
    second = plan_round([again], 20, seed=2)
    assert not set(first.chosen) & set(second.chosen)
    assert list(second.probability.values()) == pytest.approx([0.4] * 100)


def test_a_plan_follows_from_its_seed():
    windows = [[LabelCandidate(f"{side}{n}", n / 50) for n in range(50)] for side in "ab"]
    assert plan_round(windows, 10, seed=3) == plan_round(windows, 10, seed=3)
    assert plan_round(windows, 10, seed=3) != plan_round(windows, 10, seed=4)


def test_combined_probabilities_stay_probabilities():
    both = combined(np.array([0.0, 0.3, 1.0]), np.array([0.2, 0.5, 0.1]))
    assert both == pytest.approx([0.2, 0.65, 1.0])


@pytest.mark.shared_data
@pytest.mark.parametrize("rounds", [1, 2])
def test_the_interval_from_actively_chosen_human_labels_covers_the_truth(populations, rounds):
    # RAGTruth QA, llama-2-70b against 7b: 200 records a window with 60 human labels each.
    truth = populations[1][1].mean() - populations[0][1].mean()
    rng = np.random.default_rng(5)
    hits, runs = 0, 600
    for run in range(runs):
        windows = [_labelled_window(proxy, label, 60 // rounds, rounds, rng, run) for proxy, label in populations]
        plain = est.difference(windows[0].proxy, windows[1].proxy, 0.95)
        found = est.prediction_powered(windows[0], windows[1], plain, 0.95).estimate
        hits += found.low <= truth <= found.high
    assert 0.93 <= hits / runs <= 0.97


@pytest.fixture(scope="module")
def populations():
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data sets are not at {SHARED_DATA.name}/ beside the checkout")
    return [_ragtruth(SHARED_DATA, model) for model in ("llama-2-70b-chat", "llama-2-7b-chat")]


def _labelled_window(proxy, label, count, rounds, rng, run):
    rows = rng.integers(proxy.size, size=200)
    taken, probability = set(), dict.fromkeys(map(str, range(200)), 0.0)
    for step in range(rounds):
        items = [
            LabelCandidate(str(n), float(proxy[row]), probability[str(n)], n in taken) for n, row in enumerate(rows)
        ]
        made = plan_round([items], count, seed=2 * run + step)
        taken |= {int(name) for name in made.chosen}
        probability = dict(made.probability)
    chosen = np.array(sorted(taken))
    weights = np.array([1 / probability[str(n)] for n in chosen])
    return est.LabelledWindow(proxy[rows], chosen, label[rows][chosen], weights)


def _ragtruth(folder, model):
    proxy = GroundednessProxy.load()
    with gzip.open(folder / "ragtruth_qa" / "answers.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["model"] == model and row["quality"] == "good"]
    known = []
    for row in rows:
        with suppress(UnscorableAnswer):
            score = proxy.score(row["question"], row["response"], row["passages"])
            known.append((score, float(not row["hallucinated"])))
    return np.array(known).T
