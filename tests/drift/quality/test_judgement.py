"""What decides an alert besides the plain mean: missing scores, late drops, weekends, and what labels are worth."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from data.records import Score
from drift.comparison import assess, compare
from drift.reports.text_report import to_text
from drift.results import AlertBudget
from drift.stats.means import LabelledWindow, difference, prediction_powered
from drift.windows import Window

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def spread(window, first, days):
    """Put the records of a window evenly over some days."""
    step = timedelta(days=days) / len(window.interactions)
    items = tuple(
        replace(item, at=MONDAY + timedelta(days=first) + step * n) for n, item in enumerate(window.interactions)
    )
    return replace(window, interactions=items)


def unscored(window, share):
    few = int(share * len(window.scores))
    lost = tuple(replace(score, value=None, reason="timeout") for score in window.scores[:few])
    return replace(window, scores=lost + window.scores[few:])


def test_many_answers_without_a_score_take_a_green_back_and_give_bounds(build, settings, now):
    report = assess(build("a", seed=1), unscored(build("b", seed=2, day=9), 0.4), settings, now)
    assert report.quality.status == "insufficient"
    assert "40% of the answers have no score, 0% before" in report.quality.reason
    low, high = report.quality.bounds
    assert low == pytest.approx(report.quality.delta - 0.4 * report.quality.current)
    assert high == pytest.approx(report.quality.delta + 0.4 * (1 - report.quality.current))
    assert "went unscored" in to_text(report)


def test_bounds_hold_whatever_the_unscored_answers_are_worth(build, settings, now):
    window = build("b", seed=2, day=9)
    gaps = assess(build("a", seed=1), unscored(window, 0.3), settings, now).quality
    for value in (0.0, 1.0):
        filled = tuple(replace(s, value=value) if s.value is None else s for s in unscored(window, 0.3).scores)
        truth = assess(build("a", seed=1), replace(window, scores=filled), settings, now).quality.delta
        assert gaps.bounds[0] - 1e-9 <= truth <= gaps.bounds[1] + 1e-9


def test_the_same_share_of_missing_scores_needs_no_bounds(build, settings, now):
    sides = [unscored(build(name, 300, seed=seed, day=day), 0.1) for name, seed, day in (("a", 1, 0), ("b", 2, 9))]
    report = assess(*sides, settings, now)
    assert (report.verdict, report.quality.bounds) == ("steady", None)


def test_a_drop_in_the_last_quarter_is_not_thinned_out(build, settings, now):
    good, bad = build("g", 300, seed=2), build("d", 60, seed=3, quality=0.66)
    current = Window("b", spread(good, 14, 4).interactions + spread(bad, 18, 1).interactions, good.scores + bad.scores)
    report = assess(spread(build("a", 300, seed=1), 0, 14), current, settings, now)
    fired = {test.name: test.fired for test in report.quality.tests}
    assert report.verdict == "silent_drift"
    assert fired["late"]
    assert "last part of the window" in report.sentence


def test_weekends_are_held_against_weekends(build, settings, now):
    work, weekend = build("w", 250, seed=1), build("e", 100, seed=2, quality=0.6)
    reference = Window(
        "a", spread(work, 0, 5).interactions + spread(weekend, 5, 2).interactions, work.scores + weekend.scores
    )
    saturday = spread(build("s", 100, seed=3, quality=0.6), 12, 2)
    bad = spread(build("t", 100, seed=4, quality=0.45), 12, 2)
    assert assess(reference, saturday, settings, now).quality.status != "drifted"
    assert assess(reference, bad, settings, now).quality.status == "drifted"


def test_labels_are_worth_more_with_a_proxy_that_agrees_with_them():
    rng = np.random.default_rng(0)
    sides = []
    for _ in range(2):
        truth = rng.normal(0.5, 0.1, 2000)
        chosen = np.arange(100)
        proxy = truth + rng.normal(0, 0.04, 2000)
        sides.append(LabelledWindow(proxy, chosen, truth[chosen], np.ones(100)))
    found = prediction_powered(*sides, difference(sides[0].proxy, sides[1].proxy, 0.95), 0.95)
    assert found.correlation > 0.85
    assert min(found.effective) > 250
    useless = [replace(side, proxy=rng.normal(0.5, 0.1, 2000)) for side in sides]
    plain = prediction_powered(*useless, difference(useless[0].proxy, useless[1].proxy, 0.95), 0.95)
    assert plain.effective == pytest.approx((100, 100), rel=0.15)


def test_a_report_prints_what_its_labels_are_worth(build, settings, now):
    def labelled(window):
        human = [Score(s.interaction_id, "correct", float(s.value > 0.75), "human") for s in window.scores[:40]]
        return replace(window, scores=(*window.scores, *human))

    report = assess(labelled(build("a", seed=1)), labelled(build("b", seed=2, day=9)), settings, now)
    assert "80 labels, which say as much as " in to_text(report)
    assert min(report.quality.effective_labels) > 40


def test_evidence_that_days_added_up_alerts_beside_an_empty_window(build, settings, now):
    full = AlertBudget(5, 300.0, 180.0, 0.002, True, "groundedness (proxy)")
    report = compare(build("a", seed=1), Window("current", (), ()), settings, now, full)
    assert report.verdict == "silent_drift"
    assert "Over 5 days the evidence" in report.sentence and "ops green" not in report.sentence
    half = replace(full, evidence=90.0, alerted=False)
    assert compare(build("a", seed=1), Window("current", (), ()), settings, now, half).verdict == "insufficient"


def test_labels_of_one_window_alone_are_told_and_do_not_speak(build, settings, now):
    def labelled(window):
        human = [Score(s.interaction_id, "correct", 1.0, "human") for s in window.scores[:40]]
        return replace(window, scores=(*window.scores, *human))

    report = assess(build("a", seed=1), labelled(build("b", seed=2, day=9)), settings, now)
    assert report.quality.source == "proxy"
    (note,) = [note for note in report.notes if "'correct'" in note]
    assert note.startswith("40 scores 'correct' (human) are in b alone")


def with_numbers(window, share, human=False):
    """Score the numbers of every second answer, `share` of them supported."""
    kept = window.scores if not human else tuple(replace(s, source="human", metric="correct") for s in window.scores)
    some = [item.id for item in window.interactions[::2]]
    found = [
        Score(key, "number_support", float(n >= (1 - share) * len(some)), "proxy", "", "number guard", "1")
        for n, key in enumerate(some)
    ]
    return replace(window, scores=(*kept, *found))


def test_numbers_that_the_passages_do_not_hold_alert_though_the_score_is_steady(build, settings, now):
    left, right = build("a", seed=1), build("b", seed=2, day=9)
    report = assess(with_numbers(left, 0.9), with_numbers(right, 0.5), settings, now)
    assert report.verdict == "silent_drift"
    assert [test.name for test in report.quality.tests if test.fired] == ["numbers"]
    assert report.quality.metric == "groundedness"


def test_numbers_do_not_overrule_people_who_rated_all_answers(build, settings, now):
    sides = (
        with_numbers(build("a", seed=1), 0.9, human=True),
        with_numbers(build("b", seed=2, day=9), 0.5, human=True),
    )
    assert assess(*sides, settings, now).verdict == "steady"
