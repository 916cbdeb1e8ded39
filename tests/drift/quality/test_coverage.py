"""Evaluators that stop running are an incident with a date; labels that come by rounds are not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.records import Score
from drift.comparison import assess


def judged(window, metric, until=1.0, source="judge", reason=""):
    last = int(until * len(window.interactions))
    values = [0.7 + 0.2 * (number % 3 == 0) for number in range(len(window.interactions))]
    more = [
        Score(item.id, metric, values[number] if number < last else None, source, reason, "imported")
        for number, item in enumerate(window.interactions)
        if number < last or reason
    ]
    return replace(window, scores=(*window.scores, *more))


def spread(window):
    items = tuple(replace(item, at=item.at + timedelta(hours=n)) for n, item in enumerate(window.interactions))
    return replace(window, interactions=items)


@pytest.mark.parametrize("reason", ["", "rate limited"])
def test_scoring_that_stopped_is_an_incident_with_the_day_and_the_reason(build, settings, now, reason):
    left, right = build("a", 200, seed=1), spread(build("b", 200, seed=2, day=20))
    made = judged(left, "faithfulness"), judged(right, "faithfulness", 0.25, reason=reason)
    report = assess(*made, settings, now)
    day = right.interactions[50].at
    assert report.verdict == "ops_incident"
    assert f"Scoring stopped on {day:%Y-%m-%d}: 'faithfulness' (judge)" in report.ops.reason
    assert reason in report.ops.reason


def test_answers_that_could_be_scored_and_cannot_now_are_an_incident(build, settings, now):
    left, right = build("a", 200, seed=1), build("b", 200, seed=2, day=20)
    blind = tuple(replace(score, value=None, reason="no passage text") for score in right.scores)
    report = assess(left, replace(right, scores=blind), settings, now)
    assert report.verdict == "ops_incident"
    assert "no passage text" in report.ops.reason


@pytest.mark.parametrize(
    ("metric", "source", "until"),
    [("quality", "human", 0.0), ("tone", "judge", 0.0), ("faithfulness", "judge", 0.8), ("thumbs", "human", 0.0)],
)
def test_labels_by_rounds_side_scores_and_a_short_gap_are_none(build, settings, now, metric, source, until):
    left, right = build("a", 200, seed=1), build("b", 200, seed=2, day=20)
    made = judged(left, metric, source=source), judged(right, metric, until, source=source)
    assert assess(*made, settings, now).ops.status == "green"
