"""A score of others speaks only where it measures quality, varies, covers enough and is not noise."""

from dataclasses import replace

import numpy as np
import pytest

from data.records import Score
from drift.comparison import assess, compare

GOOD, BAD = 0.8, 0.55


def judged(window, metric, value, source="judge", seed=3, scale=""):
    rng = np.random.default_rng(seed)
    mine = {score.interaction_id: score.value for score in window.scores}
    more = [
        Score(item.id, metric, value(rng, mine[item.id]), source, "", "imported", "", scale)
        for item in window.interactions
    ]
    return replace(window, scores=(*window.scores, *more))


def windows(build, metric, before, after, *, fall=False, **more):
    left, right = build("a", 300, quality=GOOD, seed=1), build("b", 300, quality=BAD if fall else GOOD, seed=2, day=9)
    return judged(left, metric, before, **more), judged(right, metric, after, seed=4, **more)


def near(mean):
    return lambda rng, _: float(np.clip(rng.normal(mean, 0.1), 0, 1))


def noise(rng, _):
    return float(rng.random())


FALLS_UNSEEN = {
    "something else": ("conciseness", near(0.9), near(0.9), "something else"),
    "passages": ("context_recall", near(0.9), near(0.9), "measures the passages"),
    "harm": ("toxicity", near(0.1), near(0.1), "harmless"),
    "a name nobody knows": ("zork", near(0.9), near(0.9), "nothing tells what it measures"),
    "always 0": ("faithfulness", lambda *_: 0.0, lambda *_: 0.0, "0 on every answer"),
    "always 1": ("faithfulness", lambda *_: 1.0, lambda *_: 1.0, "1 on every answer"),
    "always 5 of 5": ("quality", lambda *_: 5.0, lambda *_: 5.0, "on every answer"),
    "noise": ("faithfulness", noise, noise, "has nothing to do with groundedness"),
}


@pytest.mark.parametrize("planted", FALLS_UNSEEN.values(), ids=FALLS_UNSEEN.keys())
def test_a_score_that_cannot_tell_is_set_aside_by_name_and_our_own_alerts(build, settings, now, planted):
    metric, before, after, why = planted
    report = assess(*windows(build, metric, before, after, fall=True), settings, now)
    assert (report.verdict, report.quality.metric) == ("silent_drift", "groundedness")
    [note] = [note for note in report.notes if note.startswith(f"Score {metric!r} (judge) is set aside")]
    assert why in note


@pytest.mark.parametrize(("metric", "source"), [("tone", "judge"), ("Verbosity", "human"), ("latency", "judge")])
def test_what_measures_something_else_pages_nobody_when_it_falls(build, settings, now, metric, source):
    report = compare(*windows(build, metric, near(0.9), near(0.6), source=source), settings, now)
    assert (report.verdict, report.quality.metric) == ("steady", "groundedness")
    assert any(finding.signal.startswith(metric) and finding.drifted for finding in report.findings)


def test_a_mostly_unscored_judge_is_set_aside(build, settings, now):
    def seldom(rng, _):
        return float(rng.random()) if rng.random() < 0.3 else None

    report = assess(*windows(build, "faithfulness", seldom, seldom, fall=True), settings, now)
    assert (report.verdict, report.quality.metric) == ("silent_drift", "groundedness")
    assert any("has no value for" in note for note in report.notes)


@pytest.mark.parametrize(("better", "verdict"), [((0.6, 0.1), "steady"), ((0.1, 0.6), "silent_drift")])
def test_hallucination_is_read_the_right_way_round(build, settings, now, better, verdict):
    made = windows(build, "hallucination", near(better[0]), near(better[1]))
    assert assess(*made, settings, now).verdict == verdict


def test_a_fall_of_ratings_from_5_to_1_is_a_fall(build, settings, now):
    def stars(*choices):
        return lambda rng, _: float(rng.choice(choices))

    report = assess(*windows(build, "rating", stars(4, 5, 5), stars(1, 2, 1), source="human"), settings, now)
    assert (report.verdict, report.quality.metric, report.quality.source) == ("silent_drift", "rating", "human")
    assert report.quality.reference > 0.8 > 0.2 > report.quality.current


def test_a_judge_that_goes_with_ours_decides_and_the_quarrel_is_a_finding(build, settings, now):
    def agrees(rng, mine):
        return float(np.clip(mine + rng.normal(0, 0.02), 0, 1))

    def kinder(rng, mine):
        return float(np.clip(mine + 0.25 + rng.normal(0, 0.02), 0, 1))

    report = compare(*windows(build, "faithfulness", agrees, kinder, fall=True), settings, now)
    assert (report.quality.metric, report.quality.source) == ("faithfulness", "judge")
    assert any("Two scores disagree" in note for note in report.notes)
    assert any("faithfulness (judge) less groundedness" in finding.signal for finding in report.findings)


def test_a_metric_speaks_where_the_settings_let_it(build, settings, now):
    made = windows(build, "zork", near(0.9), near(0.5))
    told = windows(build, "zork", near(0.9), near(0.5), scale="speaks")
    assert [assess(*pair, settings, now).verdict for pair in (made, told)] == ["steady", "silent_drift"]
    chosen = replace(settings, quality_metric="zork")
    assert assess(*made, chosen, now).verdict == "silent_drift"
