"""Each dimension of quality alerts on its own, and only on a drop of its own."""

from dataclasses import replace

import numpy as np
import pytest

from data.records import DIMENSIONS_SCORER, Score
from drift.comparison import assess
from drift.quality.dimensions import SMALLEST
from drift.quality.judgement import judge_quality
from drift.quality.scoring import DIMENSIONS, Side
from drift.reports.json_report import to_json
from drift.reports.text_report import to_text
from drift.settings import DriftSettings

METRIC = {name: metric for metric, name in DIMENSIONS.items()}


def test_a_dimension_that_may_not_alert_is_shown_all_the_same(build, now):
    before = scored(build("a", 300, seed=1), "relevance", 0.9, seed=3)
    after = scored(build("b", 300, seed=2, day=9), "relevance", 0.6, seed=4)
    report = assess(before, after, DriftSettings(permutations=299, alert_on_dimensions=False), now)
    assert report.verdict == "steady"
    shown = report.quality.dimensions["relevance"]
    assert shown.delta == pytest.approx(-0.3, abs=0.03) and shown.minimum_detectable_drop is None
    assert "relevance: 0." in to_text(report)


def test_where_people_rated_every_answer_a_dimension_does_not_alert(build, settings, now):
    before = scored(build("a", 300, seed=1, source="human"), "relevance", 0.9, seed=3)
    after = scored(build("b", 300, seed=2, day=9, source="human"), "relevance", 0.6, seed=4)
    report = assess(before, after, settings, now)
    assert (report.verdict, report.quality.source) == ("steady", "human")


def test_form_stands_for_the_share_of_whole_answers(build, settings, now):
    before = scored(build("a", 300, seed=1), "form", 0.9, seed=3)
    after = scored(build("b", 300, seed=2, day=9), "form", 0.9, seed=4)
    assert "complete" not in {test.name for test in assess(before, after, settings, now).quality.tests}


def test_an_answer_that_refuses_in_words_of_its_own_counts_as_declined(build, settings, now):
    before = scored(build("a", 300, seed=1), "refused", 0.0, spread=0.0)
    after = scored(build("b", 300, seed=2, day=9), "refused", 0.0, spread=0.0)
    refusing = {item.id for item in after.interactions[::3]}
    refused = tuple(
        replace(score, value=1.0) if score.metric == "refused" and score.interaction_id in refusing else score
        for score in after.scores
    )
    report = assess(before, replace(after, scores=refused), settings, now)
    assert report.current.abstained >= 90
    assert [test.name for test in report.quality.tests if test.fired] == ["answered"]


def scored(window, metric, mean, *, spread=0.1, seed=0, version="1"):
    """Give each answer of a window one more score."""
    rng = np.random.default_rng(seed)
    more = tuple(
        Score(item.id, metric, float(np.clip(rng.normal(mean, spread), 0, 1)), "proxy", "", DIMENSIONS_SCORER, version)
        for item in window.interactions
    )
    return replace(window, scores=window.scores + more)


def side(window):
    return Side(window, window.traffic, {})


@pytest.mark.parametrize("name", SMALLEST)
def test_a_drop_of_one_dimension_alerts_though_the_score_that_speaks_stands_still(build, settings, now, name):
    before = scored(build("a", 300, seed=1), METRIC[name], 0.9, seed=3)
    after = scored(build("b", 300, seed=2, day=9), METRIC[name], 0.8, seed=4)
    report = assess(before, after, settings, now)
    assert report.verdict == "silent_drift"
    assert [test.name for test in report.quality.tests if test.fired] == [name]
    assert report.quality.dimensions[name].delta == pytest.approx(-0.1, abs=0.03)


@pytest.mark.parametrize("name", SMALLEST)
def test_dimensions_that_stand_still_leave_a_report_steady_and_say_what_they_could_have_seen(
    build, settings, now, name
):
    before = scored(build("a", 300, seed=1), METRIC[name], 0.9, seed=3)
    after = scored(build("b", 300, seed=2, day=9), METRIC[name], 0.9, seed=4)
    report = assess(before, after, settings, now)
    assert report.verdict == "steady"
    seen = report.quality.dimensions[name].minimum_detectable_drop
    assert SMALLEST[name] <= seen < 0.1
    assert f"a drop of {seen:.3f} would have been seen" in to_text(report)
    assert to_json(report)["quality"]["dimensions"][name]["minimum_detectable_drop"] == seen


def test_a_dimension_that_rises_does_not_alert(build, settings, now):
    before = scored(build("a", 300, seed=1), "relevance", 0.7, seed=3)
    after = scored(build("b", 300, seed=2, day=9), "relevance", 0.9, seed=4)
    assert assess(before, after, settings, now).verdict == "steady"


def test_scores_of_two_versions_of_a_dimension_are_not_compared(build, settings, now):
    before = scored(build("a", 300, seed=1), "form", 0.9, version="1")
    after = scored(build("b", 300, seed=2, day=9), "form", 0.5, version="2")
    report = assess(before, after, settings, now)
    assert "form" not in report.quality.dimensions and report.verdict == "steady"


def test_a_dimension_never_speaks_for_the_whole(build, settings, now):
    bare = [scored(build(name, 300, seed=seed, source=""), "form", 0.9) for name, seed in (("a", 1), ("b", 2))]
    report = assess(*bare, settings, now)
    assert report.quality.metric == "" and report.verdict == "insufficient"


def test_a_dimension_alone_may_alert(build, settings, now):
    before = scored(build("a", 300, seed=1, source=""), "form", 0.9)
    after = scored(build("b", 300, seed=2, day=9, source=""), "form", 0.6)
    assert assess(before, after, settings, now).verdict == "silent_drift"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["relevance", "form"])
def test_a_drop_of_the_size_that_is_printed_alerts_in_four_of_five_windows(build, settings, name):
    metric, trials, fired = METRIC[name], 120, 0
    window = [build("a", 200, seed=1), build("b", 200, seed=2)]
    for trial in range(trials):
        before = scored(window[0], metric, 0.5, spread=0.15, seed=2 * trial)
        plain = scored(window[1], metric, 0.5, spread=0.15, seed=2 * trial + 1)
        seen = judge_quality(side(before), side(plain), settings).plane.dimensions[name].minimum_detectable_drop
        dropped = scored(window[1], metric, 0.5 - seen, spread=0.15, seed=2 * trial + 1)
        plane = judge_quality(side(before), side(dropped), settings).plane
        fired += any(test.fired and test.name == name for test in plane.tests)
    assert fired / trials > 0.7


def test_one_popular_question_that_fails_is_no_drop_of_quality(build, settings, now):
    rng = np.random.default_rng(5)
    before = scored(build("a", 300, seed=1), "relevance", 0.8, seed=3)
    popular = build("b", 300, seed=2, day=9)
    kinds = rng.integers(3, size=300)
    worth = rng.normal(0.8, 0.1, 3)
    asked = tuple(
        replace(item, question=f"{item.question.split(', case')[0]}, case {kind % 3}?")
        for item, kind in zip(popular.interactions, kinds, strict=True)
    )
    scores = tuple(
        Score(item.id, "relevance", float(np.clip(worth[kind], 0, 1)), "proxy", "", DIMENSIONS_SCORER, "1")
        for item, kind in zip(asked, kinds, strict=True)
    )
    after = replace(popular, interactions=asked, scores=popular.scores + scores)
    dimension = assess(before, after, settings, now).quality.dimensions["relevance"]
    assert dimension.effective[1] < 40
    assert dimension.effective[0] == pytest.approx(300, rel=0.05)


def test_a_window_that_has_fallen_is_not_taken_to_vary_more_still(build, settings, now):
    def near_one(window, lost):
        values = ["0.9", "1.0"]
        marks = tuple(
            Score(item.id, "groundedness", lost if at % 4 == 0 else float(values[at % 10 > 0]), "proxy")
            for at, item in enumerate(window.interactions)
        )
        return replace(window, scores=marks)

    before, after = near_one(build("a", 180, seed=1), 1.0), near_one(build("b", 120, seed=2, day=9), 0.6)
    plane = assess(before, after, settings, now).quality
    assert plane.status == "drifted" and plane.delta == pytest.approx(-0.1, abs=0.03)
    assert plane.minimum_detectable_drop < 0.1
