"""What every signal and every category keeps to; a new one is tested here as soon as it is listed."""

from dataclasses import replace
from math import isfinite
from typing import get_args

import pytest
from hypothesis import given

from data.records import Citation, Context, Fingerprint, Interaction
from drift.comparison import compare
from drift.reports.json_report import to_json
from drift.reports.text_report import to_text
from drift.signals.catalog import CATEGORIES, SIGNALS
from drift.vocabulary import Plane
from tests.odd_records import AT, interactions

FULL = Interaction(
    "i",
    AT,
    "When does the night ferry sail?",
    "The night ferry sails at 23:15 from the harbour, so come early and bring",
    contexts=(
        Context("c1", "a.md", 0.8, "The night ferry sails at 23:15."),
        Context("c2", "b.md", 0.5, "Dogs are welcome."),
    ),
    citations=(
        Citation(1, "c1", "a.md", None, 0, 31, "The night ferry sails at 23:15.", True),
        Citation(2, "c2", "b.md", None, 0, 9, "from the harbour", False),
    ),
    latency_ms={"total": 412.0},
    tokens={"prompt": 310, "completion": 18},
    fingerprint=Fingerprint("m", "f", "p", "g", "e", "r"),
)
EMPTY = Interaction("i", AT, "", "", contexts=(), fingerprint=Fingerprint())
FAILED = replace(EMPTY, answer=None, outcome="failed", error="timeout")
ABSTAINED = replace(FULL, answer="The passages do not say.", outcome="abstained", citations=())

EVERY_SIGNAL = pytest.mark.parametrize("name", SIGNALS)
EVERY_CATEGORY = pytest.mark.parametrize("name", CATEGORIES)
ASKED = {"question words"}
"""What is known of a question, whatever came of it."""


@EVERY_SIGNAL
@given(item=interactions)
def test_a_signal_is_a_finite_number_or_unknown_for_any_record_and_the_same_again(name, item):
    plane, signal = SIGNALS[name]
    value = signal(item)
    assert plane in get_args(Plane)
    assert value is None or (isinstance(value, float) and isfinite(value))
    assert signal(item) == value


@EVERY_CATEGORY
@given(item=interactions)
def test_a_category_is_a_name_for_any_record_and_the_same_again(name, item):
    plane, category = CATEGORIES[name]
    assert plane in get_args(Plane)
    assert isinstance(category(item), str)
    assert category(item) == category(item)


@EVERY_SIGNAL
def test_a_signal_speaks_where_everything_was_logged(name):
    assert SIGNALS[name][1](FULL) is not None


@EVERY_SIGNAL
@pytest.mark.parametrize("item", [EMPTY, FAILED], ids=["empty", "failed"])
def test_what_was_not_logged_is_unknown_and_never_zero(name, item):
    assert SIGNALS[name][1](item) == (0.0 if name in ASKED else None)


@pytest.mark.parametrize("name", [name for name, (plane, _) in SIGNALS.items() if plane == "answer"])
@pytest.mark.parametrize("outcome", ["failed", "abstained"])
def test_a_signal_of_answers_says_nothing_of_a_record_without_one(name, outcome):
    item = {"failed": FAILED, "abstained": ABSTAINED}[outcome]
    assert SIGNALS[name][1](item) is None


@EVERY_CATEGORY
def test_a_category_names_what_was_logged_and_leaves_the_rest_empty(name):
    category = CATEGORIES[name][1]
    assert category(FULL)
    assert category(EMPTY) == ("answered" if name == "outcome" else "")


def test_a_signal_needs_no_more_than_its_place_in_the_catalog(monkeypatch, build, settings, now):
    monkeypatch.setitem(SIGNALS, "shouts", ("answer", lambda item: float((item.answer or "").count("!"))))
    calm = build("a", seed=1, answer=lambda n: "It holds." + "!" * (n % 2))
    loud = build("b", seed=2, day=3, answer=lambda n: "It holds." + "!" * (n % 3))
    made = compare(calm, loud, settings, now)
    assert "Shouts rose from 0.5 to " in to_text(made)
    found = next(row for row in to_json(made)["findings"] if row["signal"] == "shouts")
    assert (found["plane"], found["drifted"]) == ("answer", True)


def test_a_category_needs_no_more_than_its_place_in_the_catalog(monkeypatch, build, settings, now):
    monkeypatch.setitem(CATEGORIES, "first letter", ("answer", lambda item: (item.answer or " ")[0]))
    before = build("a", seed=1, answer=lambda n: "ABAB"[n % 4] + " holds.")
    after = build("b", seed=2, day=3, answer=lambda n: "AAAB"[n % 4] + " holds.")
    found = next(
        finding for finding in compare(before, after, settings, now).findings if finding.signal == "first letter"
    )
    assert (found.plane, found.drifted, found.effect) == ("answer", True, pytest.approx(0.25))
