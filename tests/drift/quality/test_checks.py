"""A check of quality is a function, a weight and its words, all in one module."""

import pytest

from drift.comparison import assess
from drift.quality import checks
from drift.quality.checks import SHARE_CHECKS, WEIGHTS, QualityCheck


@pytest.fixture
def polite(monkeypatch):
    """Add an imaginary check: the share of answers that say please."""

    def check(reference, current, speaking, settings):
        shares = [
            sum("please" in (item.answer or "") for item in side.items) / len(side.items)
            for side in (reference, current)
        ]
        return QualityCheck("polite", 0.0 if shares[1] < shares[0] else 1.0, shares[1] - shares[0], 0.05)

    monkeypatch.setattr(checks, "SHARE_CHECKS", (*SHARE_CHECKS, check))
    monkeypatch.setitem(checks.WEIGHTS, "polite", 1.0)
    monkeypatch.setitem(checks._SENTENCES, "polite", "the share of polite answers")


def test_a_check_alerts_with_its_own_words_once_it_is_listed(polite, build, settings, now):
    kind = build("a", seed=1, answer=lambda n: "Take the ferry, please.")
    rude = build("b", seed=2, day=3, answer=lambda n: "Take the ferry.")
    made = assess(kind, rude, settings, now)
    assert made.verdict == "silent_drift"
    assert "The share of polite answers fell by 1.000" in made.sentence
    assert assess(kind, build("c", seed=3, day=3, answer=lambda n: "Yes, please."), settings, now).verdict == "steady"


@pytest.mark.parametrize("check", SHARE_CHECKS, ids=lambda check: check.__name__)
def test_a_check_has_a_weight_and_words(check):
    name = {"cited": "citations"}.get(check.__name__, check.__name__)
    assert WEIGHTS[name] > 0
    assert checks._SENTENCES[name]
