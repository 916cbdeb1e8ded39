"""Cases, metrics, run and gate together, on the published answers of three question-answering models."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from data.cases import Case
from data.records import Interaction
from eval.gating import gate
from eval.metrics.catalog import METRICS
from eval.run import evaluate
from eval.settings import EvalSettings

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "squad2_dev" / "questions.jsonl.gz"
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.exists(), reason="the SQuAD 2.0 predictions are not beside the checkout"),
]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SETTINGS = EvalSettings(metrics=("answer_match", "rightly_answered", "rightly_abstained"))
MEASURED = [metric for metric in METRICS if metric.name in SETTINGS.metrics]


@pytest.fixture(scope="module")
def questions():
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def run(questions, model):
    """Evaluate the stored answers of one model."""
    answers = {row["id"]: row["predictions"][model] for row in questions}
    by_question = {f"{row['id']}: {row['question']}": answers[row["id"]] for row in questions}

    def ask(case):
        answer = by_question[case.question]
        return Interaction("i", NOW, case.question, answer or None, "answered" if answer else "abstained")

    cases = [
        Case(row["id"], f"{row['id']}: {row['question']}", tuple(row["answers"]), must_abstain=row["is_impossible"])
        for row in questions
    ]
    return evaluate(cases, ask, MEASURED, label=model, now=lambda: NOW)


@pytest.fixture(scope="module")
def models(questions):
    return sorted(questions[0]["predictions"])


def test_the_best_and_the_worst_model_are_told_apart_in_the_right_direction(questions, models):
    drawn = [questions[place] for place in np.random.default_rng(1).choice(len(questions), 400, replace=False)]
    runs = sorted((run(drawn, model) for model in models), key=lambda item: item.summaries()[0].interval.mean)
    worst, best = runs[0], runs[-1]
    assert gate(best, worst, SETTINGS).verdict == "regression"
    assert gate(best, best, SETTINGS).verdict == "pass"
    lost = {case.case_id for case in gate(best, worst, SETTINGS).regressed_cases if case.metric == "answer_match"}
    old, new = ({r.case_id: r.values.get("answer_match") for r in item.results} for item in (best, worst))
    assert lost == {case for case in old if old[case] == 1 and new[case] == 0}


def test_intervals_of_a_sample_cover_the_score_on_all_questions_as_often_as_they_say(questions, models):
    whole = run(questions, models[0])
    values = np.array([r.values["rightly_abstained"] for r in whole.results if "rightly_abstained" in r.values])
    from eval.intervals import share_interval

    rng = np.random.default_rng(2)
    drawn = [share_interval(list(rng.choice(values, 60))) for _ in range(1000)]
    covered = np.mean([interval.low <= values.mean() <= interval.high for interval in drawn])
    assert 0.93 <= covered <= 0.97


def test_the_gate_finds_a_real_model_swap_more_often_the_more_cases_it_has(questions, models):
    runs = sorted((run(questions, model) for model in models), key=lambda item: item.summaries()[0].interval.mean)
    rng = np.random.default_rng(3)

    def found(size):
        verdicts = []
        for _ in range(25):
            drawn = rng.choice(len(questions), size, replace=False)
            worst, best = (
                type(item)(item.id, NOW, item.label, item.metrics, tuple(item.results[place] for place in drawn))
                for item in (runs[0], runs[-1])
            )
            verdicts.append(gate(best, worst, SETTINGS).verdict == "regression")
        return np.mean(verdicts)

    assert found(30) < found(200)
    assert found(200) >= 0.95
