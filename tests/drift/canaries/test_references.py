"""Canaries with known answers decide: a planted loss ends in a verdict, and few canaries say how many are enough."""

from dataclasses import replace

import pytest

from data.records import Score
from drift.canaries import compare_rounds, judge_references
from drift.windows import Window


@pytest.fixture
def round_of(build):
    """A round of canaries that are right where `right` says so, each asked `repeats` times."""

    def made(name, right, *, day=0, repeats=1, **planted):
        items, scores = [], []
        for turn in range(repeats):
            asked = build(
                f"{name}{turn}", len(right), day=day, same_questions=True, kind="canary", source="", **planted
            )
            items += asked.interactions
            scores += [
                Score(item.id, "correct", float(is_right), "reference", "", "canary", "1")
                for item, is_right in zip(asked.interactions, right, strict=True)
                if item.outcome != "failed"
            ]
        return Window(name, tuple(items), tuple(scores))

    return made


def first(n, of):
    return [place < n for place in range(of)]


def test_five_of_twelve_that_become_one_of_twelve_end_in_a_verdict(round_of, settings, now):
    before, after = round_of("a", first(5, 12)), round_of("b", first(1, 12), day=1)
    assert judge_references(before, after, settings).unsure
    found = compare_rounds(before, round_of("b", first(1, 12), day=1, repeats=6), settings, now)
    assert (found.report.verdict, found.report.exit_code) == ("silent_drift", 3)
    assert "Of 12 canaries with a known answer 5 were right before and 1 are now: 4 lost, 0 gained" in (
        found.report.sentence
    )
    assert len(found.turned) == 4


def test_rounds_before_make_a_second_look_needless(round_of, settings, now):
    found = compare_rounds(round_of("a", first(5, 12), repeats=7), round_of("b", first(1, 12), day=1), settings, now)
    assert found.report.verdict == "silent_drift"


def test_a_single_lost_canary_is_named_and_does_not_alert(round_of, settings, now):
    before, after = round_of("a", first(30, 30), repeats=7), round_of("b", first(29, 30), day=1, repeats=6)
    found = compare_rounds(before, after, settings, now)
    assert found.answers.p_value < found.answers.level
    assert (found.report.quality.status, len(found.turned)) == ("steady", 1)


def test_few_canaries_say_how_many_would_be_enough(round_of, settings):
    found = judge_references(round_of("a", first(12, 12)), round_of("b", first(12, 12), day=1), settings)
    assert (found.plane.status, found.losses, found.needed) == ("insufficient", 3, 42)
    assert "42 canaries that are right would show a drop of 0.10" in found.plane.reason
    enough = judge_references(round_of("a", first(42, 42)), round_of("b", first(42, 42), day=1), settings)
    assert enough.plane.status == "steady"
    assert enough.plane.minimum_detectable_drop <= 0.10


def test_a_planted_drop_of_the_printed_size_is_seen_in_four_rounds_of_five(round_of, settings):
    import numpy as np

    rng, before = np.random.default_rng(2), round_of("a", first(42, 42))
    limit = judge_references(before, round_of("b", first(42, 42), day=1), settings).plane.minimum_detectable_drop
    seen = 0
    for _ in range(60):
        right = list(rng.random(42) >= limit)
        seen += judge_references(before, round_of("b", right, day=1, repeats=6), settings).plane.status == "drifted"
    assert seen >= 40


def test_more_right_answers_are_no_loss(round_of, settings):
    found = judge_references(round_of("a", first(1, 12)), round_of("b", first(12, 12), day=1), settings)
    assert not found.unsure and found.healthy and found.p_value == 1.0


def test_canaries_without_known_answers_leave_the_verdict_to_the_scores(round_of, settings):
    before, after = round_of("a", first(12, 12)), round_of("b", first(3, 12), day=1)
    assert judge_references(replace(before, scores=()), replace(after, scores=()), settings) is None
    few = {item.id for window in (before, after) for item in window.interactions[:4]}
    thin = [replace(w, scores=tuple(s for s in w.scores if s.interaction_id in few)) for w in (before, after)]
    assert judge_references(*thin, settings) is None


def test_a_round_that_failed_as_a_whole_is_an_ops_incident(round_of, settings, now):
    before = round_of("a", first(6, 6))
    found = compare_rounds(before, round_of("b", first(6, 6), day=1, outcome=lambda n: "failed"), settings, now)
    assert found.report.verdict == "ops_incident"
    assert "All 6 canaries failed: boom" in found.report.sentence
