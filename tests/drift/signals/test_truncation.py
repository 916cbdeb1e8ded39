"""Cut answers are told from answers that merely end without a full stop."""

from dataclasses import replace

import pytest

from data.records import Context
from drift.comparison import compare
from drift.signals.truncation import at_a_limit, flagged_cut, stops_inside, stops_short

LONG = "The ferry leaves at nine from the southern quay. Dogs travel on the open deck and pay half of the fare. " * 3


@pytest.mark.parametrize(
    "whole", ["It leaves at nine.", "See [2]", "Bring:\n- a ticket\n- a dog", "**Bold end**", "Он уходит в девять…"]
)
def test_whole_answers_are_whole(whole):
    assert not stops_short(whole)


@pytest.mark.parametrize("cut", ["It leaves at nine. Dogs travel on the", "Bring:\n- a ticket.\n- a dog and the"])
def test_an_answer_that_stops_in_a_sentence_is_cut(cut):
    assert stops_short(cut)


@pytest.mark.parametrize("flag", ["length", "answer_cut_short", "prompt_truncated_by_server:512"])
def test_what_the_log_says_counts(build, flag):
    item = build("a", 1).interactions[0]
    assert flagged_cut(replace(item, flags=(flag,)))
    assert not flagged_cut(item)


def test_cut_answers_of_every_length_are_a_style(build):
    styled = build("a", 60, answer=lambda n: "word " * (5 + 3 * n)).interactions
    limited = build("b", 60, answer=lambda n: "word " * (58 + n % 5)).interactions
    assert at_a_limit(limited)
    assert not at_a_limit(styled)


def test_answers_cut_at_a_limit_alert_though_the_score_is_steady(build, settings, now):
    whole = build("a", seed=1, answer=lambda n: LONG)
    cut = build("b", seed=2, answer=lambda n: LONG if n % 3 else LONG[:250])
    report = compare(whole, cut, settings, now)
    assert (report.verdict, report.causes[0].cause) == ("silent_drift", "truncation")
    assert [test.name for test in report.quality.tests if test.fired] == ["complete"]


def test_a_style_without_last_full_stops_does_not_alert(build, settings, now):
    def said(n):
        return f"The rule stands in chapter {n}. " + "It holds for every ferry. " * (n % 23) + "So it is"

    whole = build("a", seed=1, answer=lambda n: said(n) + ".")
    assert compare(whole, build("b", seed=2, answer=said), settings, now).verdict == "steady"


PASSAGE = Context(
    "p", "a.md", 0.5, "The ferry to Kettlewell leaves at nine from the southern quay, and dogs travel free.", "h"
)


@pytest.mark.parametrize(
    "ending",
    [
        "The ferry to Kettlewell leaves at nine from the",
        "It leaves in the morning from the sou",
        "The ferry to Kettlewell leaves at nine from the southern quay",
        "Bring a ticket, a passport, ",
        "Паром уходит утром и",
        "Die Hunde reisen auf dem Deck und der",
        "He said it leaves (",
    ],
)
def test_a_text_that_stops_inside_a_word_or_sentence_was_cut(build, ending):
    item = replace(build("a", 1).interactions[0], answer=ending, contexts=(PASSAGE,))
    assert stops_inside(item)


@pytest.mark.parametrize(
    "whole",
    [
        "the ferry leaves at nine",
        "It leaves at nine from Kettlewell",
        "It leaves at nine\n\nSources:\n- handbook.md\n- index",
        "Read more: https://docs.example.org/wiki/Ferry",
        "It leaves at nine, says the handbook of Anna Berg",
        "It leaves at nine 🙂",
        "It leaves at nine [1]",
        "Паром уходит утром с южной пристани",
    ],
)
def test_a_style_without_a_last_mark_is_no_cut(build, whole):
    item = replace(build("a", 1).interactions[0], answer=whole, contexts=(PASSAGE,))
    assert not stops_inside(item)


@pytest.mark.parametrize("tail", ["says the handbook of the harbour", "(handbook.md, page 12 of the harbour rules"])
def test_whole_answers_are_never_blamed_on_truncation(build, settings, now, tail):
    before = build("a", seed=1, answer=lambda n: f"{'The boat of line {} leaves soon. ' * 6}".format(*[n] * 6))
    after = build(
        "b", seed=2, quality=0.6, answer=lambda n: f"{'So it is on every day we know. ' * 5}It is {n}, {tail}"
    )
    report = compare(before, after, settings, now)
    assert report.verdict == "silent_drift"
    assert "truncation" not in {cause.cause for cause in report.causes}
