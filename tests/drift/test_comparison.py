from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from data.errors import InputError
from data.records import Score
from drift.comparison import assess, compare
from drift.windows import Window


def verdict_of(reference, current, settings, now):
    return assess(reference, current, settings, now).verdict


def test_the_same_system_is_steady_and_says_what_it_could_have_seen(build, settings, now):
    report = compare(build("a", seed=1), build("b", seed=2, day=9), settings, now)
    assert report.verdict == "steady"
    assert report.exit_code == 0
    assert report.quality.minimum_detectable_drop < settings.drop_that_matters
    assert report.causes == ()
    assert f"{report.quality.minimum_detectable_drop:.3f}" in report.sentence


def test_worse_answers_with_green_ops_are_silent_drift(build, settings, now):
    report = compare(build("a", seed=1), build("b", seed=2, day=9, quality=0.7, model="m2"), settings, now)
    assert (report.verdict, report.exit_code) == ("silent_drift", 3)
    assert report.causes[0].cause == "model_change"
    assert "'m1' to 'm2'" in report.causes[0].evidence
    assert report.quality.delta == pytest.approx(-0.1, abs=0.04)


def test_better_answers_do_not_alert(build, settings, now):
    assert verdict_of(build("a", seed=1, quality=0.6), build("b", seed=2, quality=0.8), settings, now) == "steady"


def test_errors_alone_are_an_ops_incident(build, settings, now):
    broken = build("b", seed=2, outcome=lambda n: "failed" if n % 4 == 0 else "answered")
    report = compare(build("a", seed=1), broken, settings, now)
    assert (report.verdict, report.exit_code) == ("ops_incident", 4)
    assert [cause.cause for cause in report.causes] == ["ops"]


def test_slow_and_worse_is_an_incident_with_drift(build, settings, now):
    report = compare(build("a", seed=1), build("b", seed=2, latency=1200.0, quality=0.6), settings, now)
    assert report.verdict == "ops_incident_and_drift"


def test_faster_is_not_an_incident(build, settings, now):
    assert verdict_of(build("a", seed=1), build("b", seed=2, latency=100.0), settings, now) == "steady"


def test_few_records_are_too_little_to_tell(build, settings, now):
    report = assess(build("a", 20, seed=1), build("b", 20, seed=2), settings, now)
    assert (report.verdict, report.exit_code) == ("insufficient", 5)
    assert "at least" in report.quality.reason or "needed" in report.quality.reason


def test_a_wide_interval_is_never_green(build, settings, now):
    report = assess(
        build("a", 40, spread=0.4, quality=0.5, seed=1), build("b", 40, spread=0.4, quality=0.5, seed=2), settings, now
    )
    assert report.verdict == "insufficient"
    assert report.quality.minimum_detectable_drop > settings.drop_that_matters


def test_many_abstentions_alert_as_silent_drift(build, settings, now):
    quiet = build("b", seed=2, outcome=lambda n: "abstained" if n % 3 == 0 else "answered")
    report = assess(build("a", seed=1), quiet, settings, now)
    assert report.verdict == "silent_drift"
    assert "answered" in report.quality.reason


def test_all_abstained_alerts_and_all_failed_is_an_incident(build, settings, now):
    good = build("a", seed=1)
    assert verdict_of(good, build("b", outcome=lambda n: "abstained"), settings, now) == "silent_drift"
    assert verdict_of(good, build("b", outcome=lambda n: "failed"), settings, now) == "ops_incident"


@pytest.mark.parametrize("n", [0, 1])
def test_an_empty_window_or_one_record_is_insufficient(build, settings, now, n):
    good = build("a", seed=1)
    for pair in ((good, build("b", n)), (build("b", n), good), (build("b", n), build("c", n))):
        report = compare(*pair, settings, now)
        assert report.verdict == "insufficient"
        assert report.sentence


def test_without_scores_quality_is_insufficient_but_planes_are_told(build, settings, now):
    left, right = build("a", seed=1, source=""), build("b", seed=2, source="", answer=lambda n: "no " * 39 + "no.")
    report = compare(left, right, settings, now)
    assert report.quality.status == "insufficient"
    assert "score" in report.quality.reason.lower()
    assert {plane.name: plane.status for plane in report.planes}["answer"] == "moved"


def test_without_contexts_the_other_planes_are_still_told(build, settings, now):
    def bare(window):
        return replace(window, interactions=tuple(replace(item, contexts=()) for item in window.interactions))

    report = compare(bare(build("a", seed=1)), bare(build("b", seed=2)), settings, now)
    assert report.verdict == "steady"
    assert {plane.name: plane.status for plane in report.planes}["retrieval"] == "unknown"


def test_equal_copies_count_once_and_different_ones_are_refused(build, settings, now):
    window = build("b", seed=2)
    twice = replace(window, interactions=window.interactions + window.interactions[:5])
    report = assess(build("a", seed=1), twice, settings, now)
    assert report.current.interactions == len(window.interactions)
    assert any("5 interactions repeated" in note for note in report.notes)
    clash = replace(window, interactions=(*window.interactions, replace(window.interactions[0], answer="other")))
    with pytest.raises(InputError, match="b-0"):
        assess(build("a", seed=1), clash, settings, now)


def test_records_from_the_future_are_left_out_and_named(build, settings):
    window = build("b", seed=2)
    moment = window.interactions[99].at
    report = assess(build("a", seed=1, day=-30), window, settings, moment)
    assert report.current.interactions == 105
    assert any("left out" in note for note in report.notes)


def test_times_without_zone_are_refused(build, settings, now):
    window = build("b", 5)
    naive = replace(window.interactions[0], at=window.interactions[0].at.replace(tzinfo=None))
    with pytest.raises(InputError, match="time zone"):
        assess(build("a"), Window("b", (naive,)), settings, now)


def test_broken_scores_are_missing_and_named(build, settings, now):
    window = build("b", seed=2)
    bad = [Score(f"b-{n}", "groundedness", float("nan"), "proxy", "", "lexical", "1") for n in range(3)]
    scores = tuple(score for score in window.scores if score.interaction_id not in {"b-0", "b-1", "b-2"})
    report = assess(build("a", seed=1), replace(window, scores=(*scores, *bad)), settings, now)
    assert report.current.scored == 197
    assert any("3 scores" in note for note in report.notes)


def test_a_missing_score_is_not_a_zero(build, settings, now):
    window = build("b", seed=2)
    half = tuple(replace(s, value=None, reason="timeout") if i % 2 else s for i, s in enumerate(window.scores))
    report = assess(build("a", seed=1), replace(window, scores=half), settings, now)
    assert report.quality.current == pytest.approx(0.8, abs=0.03)
    assert report.quality.n_current == 100


def test_scores_of_another_scorer_version_are_not_compared(build, settings, now):
    report = assess(build("a", seed=1), build("b", seed=2, version="2", quality=0.3), settings, now)
    assert report.verdict == "insufficient"
    assert "version 1 in a and 2 in b" in report.quality.reason


def test_vectors_of_two_embedders_are_not_compared(build, settings, now):
    def with_vectors(window, embedder):
        rng = np.random.default_rng(0)
        items = []
        for item in window.interactions:
            vector = rng.normal(size=16).astype("<f2").tobytes()
            mark = replace(item.fingerprint, embedder=embedder)
            items.append(replace(item, question_vector=vector, fingerprint=mark))
        return replace(window, interactions=tuple(items))

    mixed = compare(with_vectors(build("a", seed=1), "e1"), with_vectors(build("b", seed=2), "e2"), settings, now)
    assert any("'e1' and 'e2'" in note for note in mixed.notes)
    assert mixed.planes[0].features == "hashed words"
    same = compare(with_vectors(build("a", seed=1), "e1"), with_vectors(build("b", seed=2), "e1"), settings, now)
    assert same.planes[0].features == "e1"


def test_nan_vectors_are_left_out(build, settings, now):
    def with_vectors(window, broken):
        rng = np.random.default_rng(7)
        items = []
        for number, item in enumerate(window.interactions):
            vector = rng.normal(size=16).astype("<f2")
            vector[0] = np.nan if number in broken else vector[0]
            items.append(replace(item, question_vector=vector.tobytes()))
        return replace(window, interactions=tuple(items))

    report = compare(with_vectors(build("a", seed=1), {0, 1}), with_vectors(build("b", seed=2), {5}), settings, now)
    assert report.verdict == "steady"
    assert report.planes[0].status == "steady"


def test_the_same_question_asked_in_both_windows_is_compared_in_pairs(build, settings, now):
    left = build("a", 100, seed=1, same_questions=True)
    right = build("b", 100, seed=2, same_questions=True, quality=0.72)
    report = assess(left, right, settings, now)
    assert report.quality.paired
    assert report.quality.delta == pytest.approx(-0.08, abs=0.05)


def test_pairs_are_found_whatever_case_and_punctuation(build, settings, now):
    left = build("a", 60, seed=1, same_questions=True)
    right = build("b", 60, seed=2, same_questions=True)
    shouted = tuple(replace(item, question=item.question.upper().rstrip("?") + " ??") for item in right.interactions)
    assert assess(left, replace(right, interactions=shouted), settings, now).quality.paired


def test_other_questions_do_not_alert_and_are_named_as_the_cause(build, settings, now):
    hard = (0.1, 0.1, -0.2, -0.2)
    left = build("a", 400, seed=1, quality=0.7, topics=(0.4, 0.4, 0.1, 0.1), topic_quality=hard)
    right = build("b", 400, seed=2, quality=0.7, topics=(0.1, 0.1, 0.4, 0.4), topic_quality=hard)
    report = compare(left, right, settings, now)
    assert report.quality.delta < -0.1
    assert report.verdict == "steady"
    assert [cause.cause for cause in report.causes] == ["mix_shift"]


def test_identical_windows_never_drift(build, settings, now):
    window = build("a", seed=1)
    report = compare(window, replace(window, name="b"), settings, now)
    assert report.verdict == "steady"
    assert report.quality.delta == 0
    assert not any(finding.drifted for finding in report.findings)


def test_the_same_input_gives_the_same_report(build, settings, now):
    windows = build("a", seed=1), build("b", seed=2, quality=0.7)
    assert compare(*windows, settings, now) == compare(*windows, settings, now)


def test_swapping_the_windows_turns_the_difference_round(build, settings, now):
    one, two = build("a", seed=1), build("b", seed=2, quality=0.7)
    there, back = assess(one, two, settings, now).quality, assess(two, one, settings, now).quality
    assert there.delta == pytest.approx(-back.delta)
    assert there.ci == pytest.approx((-back.ci[1], -back.ci[0]))


def test_ids_shared_by_both_files_are_not_mixed_up(build, settings, now):
    left, right = build("x", seed=1), build("x", seed=2, quality=0.65)
    report = assess(replace(left, name="a"), replace(right, name="b"), settings, now)
    assert report.verdict == "silent_drift"
    assert report.quality.reference == pytest.approx(0.8, abs=0.03)
    assert report.quality.current == pytest.approx(0.65, abs=0.03)


def test_the_change_is_dated_inside_the_current_window(build, settings, now):
    good, bad = build("g", 100, seed=2, day=9), build("d", 100, seed=3, day=10, quality=0.5)
    current = Window("b", good.interactions + bad.interactions, good.scores + bad.scores)
    report = compare(build("a", seed=1), current, settings, now)
    begun = bad.interactions[0].at
    assert abs(report.change_point.at - begun) < timedelta(hours=1)
    assert report.change_point.earliest <= begun <= report.change_point.latest
