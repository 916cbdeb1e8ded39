"""Ratings of people who chose to rate explain a report, but do not speak for quality as a random sample would."""

from dataclasses import replace

import numpy as np
import pytest

from data.records import DIMENSIONS_SCORER, PROBABILITY_TAGS, THUMBS, Score
from drift.comparison import assess, compare

AMONG_GOOD, AMONG_BAD = (0.3, 0.05), (0.05, 0.3)


def thumbed(window, chances, seed=5):
    """Let users rate good and bad answers honestly, but with chances of their own."""
    rng = np.random.default_rng(seed)
    middle = float(np.median([score.value for score in window.scores]))
    rated = [
        Score(score.interaction_id, THUMBS, float(score.value > middle), "human", "", "feedback")
        for score in window.scores
        if rng.random() < chances[0 if score.value > middle else 1]
    ]
    return replace(window, scores=(*window.scores, *rated))


def biased(build):
    return thumbed(build("a", 400, seed=1), AMONG_GOOD), thumbed(build("b", 400, seed=2, day=9), AMONG_BAD)


def test_thumbs_of_an_angry_minority_alert_nobody_and_are_shown(build, settings, now):
    report = compare(*biased(build), settings, now)
    assert (report.verdict, report.quality.metric, report.quality.source) == ("steady", "groundedness", "proxy")
    (thumbs,) = [finding for finding in report.findings if finding.signal == THUMBS]
    assert thumbs.drifted and thumbs.current < thumbs.reference - 0.3
    assert any(note.startswith("Ratings 'thumbs' went from") for note in report.notes)
    assert {plane.name: plane.status for plane in report.planes}["answer"] == "steady"


def test_thumbs_alone_are_too_little_to_tell_where_labels_of_a_random_sample_would_alert(build, settings, now):
    def alone(window, name):
        ratings = (replace(score, metric=name) for score in window.scores if score.metric == THUMBS)
        return replace(window, scores=tuple(ratings))

    report, labelled = (
        assess(*(alone(window, name) for window in biased(build)), settings, now) for name in (THUMBS, "quality")
    )
    assert (report.verdict, labelled.verdict) == ("insufficient", "silent_drift")
    assert "no sample of all answers" in report.quality.reason


def test_thumbs_speak_where_the_chance_of_every_rating_is_known(build, settings, now):
    def tagged(window):
        tag = PROBABILITY_TAGS["human"]
        items = tuple(replace(item, tags={tag: "0.2"}) for item in window.interactions)
        return replace(window, interactions=items)

    report = assess(*map(tagged, biased(build)), settings, now)
    assert (report.quality.metric, report.quality.source) == (THUMBS, "human")


def test_thumbs_on_nearly_every_answer_speak(build, settings, now):
    sides = thumbed(build("a", seed=1), (1.0, 1.0)), thumbed(build("b", seed=2, day=9), (1.0, 1.0))
    assert assess(*sides, settings, now).quality.metric == THUMBS


def test_passages_without_a_score_are_told_how_to_be_scored(build, settings, now):
    report = assess(build("a", seed=1, source=""), build("b", seed=2, day=9, source=""), settings, now)
    assert "No answer is scored in window a and b, though passages are there" in report.sentence


def with_dimensions(window, value):
    """Give every answer scores by dimension, as our own scorer writes them."""
    more = [
        Score(item.id, metric, value, "proxy", "", DIMENSIONS_SCORER, "1-words")
        for item in window.interactions
        for metric in ("relevance", "form")
    ]
    return replace(window, scores=(*window.scores, *more))


@pytest.mark.parametrize("source", ["proxy", ""])
def test_scores_by_dimension_that_may_not_alert_change_nothing(build, settings, now, source):
    sides = build("a", seed=1, source=source), build("b", seed=2, day=9, source=source)
    worse = with_dimensions(sides[0], 0.9), with_dimensions(sides[1], 0.1)
    settings = replace(settings, alert_on_dimensions=False)
    found, without = compare(*worse, settings, now), compare(*sides, settings, now)
    assert (found.verdict, found.causes, found.quality.tests) == (
        without.verdict,
        without.causes,
        without.quality.tests,
    )
    assert found.quality.metric == without.quality.metric
