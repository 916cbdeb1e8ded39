"""Answers that are not what they were are never called steady by scores that may be blind to it."""

from dataclasses import replace

import numpy as np
import pytest

from data.records import Score
from drift.causes.changed import DECIDING, clear_changes, deciding_answers
from drift.causes.swap import swap_tests
from drift.comparison import assess, compare
from drift.quality.scoring import Side
from drift.reports.json_report import to_json
from drift.reports.text_report import to_text


def said(text):
    return lambda number: f"{text} in section {number % 7}."


def changes_of(reference, current, settings):
    left, right = (Side(window, window.traffic, {}) for window in (reference, current))
    return clear_changes(left, right, swap_tests(left, right, settings))


def with_labels(window, rate, every=1):
    marks = tuple(
        Score(item.id, "quality", float((number * 37) % 100 < rate * 100), "human")
        for number, item in enumerate(window.interactions[::every])
    )
    return replace(window, scores=window.scores + marks)


def test_another_model_behind_most_answers_is_a_change_and_not_steady(build, settings, now):
    report = assess(build("a", seed=1), build("b", seed=2, day=9, model="m2"), settings, now)
    assert (report.verdict, report.exit_code) == ("changed", 6)
    assert report.changes == ("The model was m1 and is m2.",)
    assert to_text(report).startswith("CHANGED – no measurement says whether answers are better or worse.")


def test_a_model_that_answers_a_few_questions_only_is_none(build, settings, now):
    current = build("b", seed=2, day=9)
    few = tuple(
        replace(item, fingerprint=replace(item.fingerprint, chat_model="m2")) if number % 4 == 0 else item
        for number, item in enumerate(current.interactions)
    )
    assert assess(build("a", seed=1), replace(current, interactions=few), settings, now).verdict == "steady"


def test_the_same_prompts_answered_otherwise_are_a_change_without_any_name_of_a_model(build, settings, now):
    left = build("a", 60, seed=1, same_questions=True, answer=said("It is written"))
    right = build("b", 60, seed=2, day=9, same_questions=True, answer=said("According to the rules of the port"))
    report = assess(left, right, settings, now)
    assert report.verdict == "changed"
    assert "The same 60 prompts are answered otherwise" in report.sentence


def test_the_same_prompts_answered_alike_are_steady(build, settings, now):
    left, right = (
        build(name, 60, seed=1, day=day, same_questions=True, answer=said("It is written"))
        for name, day in (("a", 0), ("b", 9))
    )
    assert changes_of(left, right, settings) == ()
    assert assess(left, right, settings, now).verdict == "steady"


def test_the_same_questions_without_known_passages_are_no_evidence(build, settings, now):
    def bare(window):
        return replace(window, interactions=tuple(replace(item, contexts=()) for item in window.interactions))

    left = bare(build("a", 60, seed=1, same_questions=True, answer=said("It is written")))
    right = bare(build("b", 60, seed=2, day=9, same_questions=True, answer=said("According to the rules of the port")))
    assert assess(left, right, settings, now).changes == ()


def test_canaries_alone_may_show_that_answers_changed(build, settings, now):
    def with_canaries(name, day, text):
        users = build(name, 200, seed=day + 1, day=day)
        fixed = build(f"{name}c", 20, seed=3, day=day, kind="canary", same_questions=True, answer=said(text))
        return replace(users, interactions=users.interactions + fixed.interactions, scores=users.scores + fixed.scores)

    left, right = with_canaries("a", 0, "It is written"), with_canaries("b", 9, "Passengers may read this")
    assert assess(left, right, settings, now).verdict == "changed"


def test_labels_of_people_may_call_a_changed_system_steady(build, settings, now):
    left, right = (
        with_labels(build("a", 900, seed=1), 0.9),
        with_labels(build("b", 900, seed=2, day=9, model="m2"), 0.9),
    )
    report = assess(left, right, settings, now)
    assert (report.verdict, report.quality.source) == ("steady", "human")


def test_a_drop_is_a_drop_also_of_a_changed_system(build, settings, now):
    report = compare(build("a", seed=1), build("b", seed=2, day=9, model="m2", quality=0.6), settings, now)
    assert report.verdict == "silent_drift"


def test_a_change_names_twenty_answers_that_would_decide(build, settings, now):
    current = build("b", seed=2, day=9, model="m2")
    report = assess(build("a", seed=1), current, settings, now)
    assert len(set(report.deciding)) == DECIDING
    assert set(report.deciding) <= {item.id for item in current.interactions}
    assert to_json(report)["deciding"] == list(report.deciding)


@pytest.mark.parametrize("count", [0, 1, 19, 20, 300])
def test_deciding_answers_are_drawn_with_equal_chances(build, count):
    items = build("b", count).interactions
    assert len(deciding_answers(items, 0)) == min(count, DECIDING)
    if count == 300:
        hits = sum(items[0].id in deciding_answers(items, seed) for seed in range(600))
        assert 20 <= hits <= 64  # 40 expected


@pytest.mark.slow
def test_identical_systems_are_seldom_called_changed(build, settings):
    phrases = ("It is written", "The rules say", "You may read", "We find it")

    def drawn(name, seed, day):
        rng = np.random.default_rng(seed)
        words = rng.integers(4, size=40)
        answer = lambda number: f"{phrases[words[number]]} in section {number % 5}."  # noqa: E731
        return build(name, 40, seed=seed, day=day, same_questions=True, answer=answer)

    found = [changes_of(drawn("a", seed, 0), drawn("b", seed + 101, 9), settings) for seed in range(3, 103)]
    assert sum(bool(one) for one in found) <= 3
