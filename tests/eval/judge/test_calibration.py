import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from data.errors import InputError
from data.records import Score
from eval.judge.calibration import Agreement, agreement, compare_judges, corrected_mean, rogan_gladen
from eval.judge.judge import with_judgements
from eval.run import CaseResult, EvalRun

RATED = Path(__file__).resolve().parents[4] / "shared" / "data" / "mtrag_human" / "answers.jsonl.gz"


def test_agreement_is_counted_by_hand_and_kappa_agrees_with_scikit_learn():
    human, judged = [1, 1, 1, 1, 0, 0], [1, 1, 1, 0, 1, 0]
    found = agreement(judged, human)
    assert (found.sensitivity, found.specificity, found.accuracy) == (0.75, 0.5, pytest.approx(4 / 6))
    assert found.kappa == pytest.approx(cohen_kappa_score(human, judged))
    assert found.bias == pytest.approx(0.0)


def test_constant_labels_leave_kappa_and_correlation_open():
    found = agreement([1.0, 1.0], [1.0, 1.0])
    assert (found.kappa, found.correlation, found.specificity) == (None, None, None)


def test_rogan_gladen_undoes_a_known_confusion():
    known = Agreement(100, 0.85, 0.6, 0.9, 0.8, 0.0, 0.7)
    for truth in (0.1, 0.5, 0.95):
        assert rogan_gladen(truth * 0.9 + (1 - truth) * 0.2, known) == pytest.approx(truth)
    assert rogan_gladen(0.5, Agreement(9, 0.5, 0.0, 0.5, 0.5, 0.0, None)) is None


def test_a_lenient_judge_is_corrected_and_the_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    covered, widths, raw = 0, [], []
    for _ in range(2000):
        human = (rng.random(1000) < 0.7).astype(float)
        judged = np.clip(0.5 + 0.4 * human + rng.normal(0, 0.15, 1000), 0, 1)
        interval = corrected_mean(judged[60:], judged[:60], human[:60])
        covered += interval.low <= 0.7 <= interval.high
        widths.append(interval.high - interval.low)
        raw.append(judged.mean())
    assert 0.935 <= covered / 2000 <= 0.965
    assert np.mean(raw) - 0.7 > 0.05
    assert np.mean(widths) < 0.75 * 2 * 2.0 * np.sqrt(0.21 / 60)


def test_a_useless_judge_costs_next_to_nothing():
    rng = np.random.default_rng(5)
    human, judged = (rng.random(400) < 0.7).astype(float), rng.random(400)
    with_judge = corrected_mean(judged[80:], judged[:80], human[:80])
    labels_only = 2 * 1.99 * human[:80].std(ddof=1) / np.sqrt(80)
    assert with_judge.high - with_judge.low < 1.1 * labels_only


@pytest.mark.shared_data
@pytest.mark.skipif(not RATED.exists(), reason="the mtRAG ratings are not beside the checkout")
def test_a_real_judge_is_corrected_to_the_human_mean_with_honest_intervals():
    with gzip.open(RATED, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rated = [(row["auto"]["rl_f"], (row["human_mean"]["faithfulness"] - 1) / 3) for row in rows]
    pairs = np.array([pair for pair in rated if None not in pair], float)
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    truth, rng, covered = pairs[:, 1].mean(), np.random.default_rng(6), 0
    for _ in range(500):
        drawn = pairs[rng.integers(0, len(pairs), 240)]
        interval = corrected_mean(drawn[60:, 0], drawn[:60, 0], drawn[:60, 1])
        covered += interval.low <= truth <= interval.high
    assert abs(pairs[:, 0].mean() - truth) > 0.01
    assert 0.91 <= covered / 500 <= 0.985


def test_the_same_judge_has_not_moved_and_a_stricter_one_has():
    then = [0.9] * 40 + [0.2] * 10
    assert not compare_judges(then, then).drifted()
    shift = compare_judges(then, [0.3] * 12 + then[12:])
    assert (shift.flips, shift.drifted()) == (12, True)
    assert shift.p_value == pytest.approx(2 * 2**-12)


@pytest.mark.parametrize("call", [lambda: agreement([], []), lambda: compare_judges([1], [1, 0])])
def test_unpaired_judgements_are_refused(call):
    with pytest.raises(InputError, match="pairs"):
        call()


def test_too_few_labels_are_refused():
    with pytest.raises(InputError, match="at least 3"):
        corrected_mean([0.5], [0.5, 0.6], [1, 0])


def test_judgements_join_a_run_and_missing_ones_are_unscored():
    results = tuple(CaseResult(name, "?", "a", "answered", {}, {}) for name in ("a", "b", "c"))
    run = EvalRun("id", None, "", (), results)
    scores = [
        Score("a", "faithfulness", 0.5, "judge", "", "ragas", "v1"),
        Score("b", "faithfulness", None, "judge", "timeout", "ragas", "v1"),
    ]
    judged = with_judgements(run, scores)
    assert [result.values for result in judged.results] == [{"faithfulness": 0.5}, {}, {}]
    assert [result.unscored for result in judged.results][1:] == [
        {"faithfulness": "timeout"},
        {"faithfulness": "not judged"},
    ]
    assert judged.metrics[0].version == "v1"
