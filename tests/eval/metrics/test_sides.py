from datetime import UTC, datetime

import pytest

from data.cases import Case
from data.errors import SilentDriftError
from data.records import Context, Interaction
from eval.errors import UnscorableAnswer
from eval.metrics.sides import SIDE_METRICS, side_metric

TEXT = "The ferry leaves Brenna at seven."
CASE = Case("ferry", "When?", sources=("ferry.md",), evidence=(TEXT,))
ASKED = Interaction("i", datetime(2026, 1, 1, tzinfo=UTC), "When does it leave?", "At seven.")
RIGHT, OTHER = Context("1", "docs/ferry.md", text=TEXT), Context("2", "docs/ferry.md", text="Dogs travel free.")


def test_a_side_is_measured_by_what_it_finds_for_the_question_that_was_asked():
    asked = []
    metric = side_metric("dense", lambda question: asked.append(question) or [OTHER, RIGHT])
    assert (metric.name, metric.measure(CASE, ASKED), asked) == ("dense_recall", 1.0, ["When does it leave?"])
    assert side_metric("lexical", lambda question: [OTHER]).measure(CASE, ASKED) == 0.0
    assert {side_metric(side, list).name for side in ("dense", "lexical")} == set(SIDE_METRICS)


def test_without_evidence_the_expected_sources_count():
    assert side_metric("dense", lambda question: [OTHER]).measure(Case("f", "?", sources=("ferry.md",)), ASKED) == 1.0


def test_a_side_that_finds_nothing_recalls_nothing():
    assert side_metric("dense", lambda question: []).measure(CASE, ASKED) == 0.0


def _damaged(question):
    raise SilentDriftError("the vectors are gone")


@pytest.mark.parametrize(
    ("case", "outcome", "search", "reason"),
    [
        (Case("moon", "Who?", must_abstain=True), "answered", list, "neither"),
        (Case("free", "Who?", answers=("me",)), "answered", list, "neither"),
        (CASE, "failed", list, "failed"),
        (CASE, "answered", _damaged, "dense side .* vectors are gone"),
    ],
)
def test_what_cannot_be_measured_is_unscored_with_the_reason(case, outcome, search, reason):
    asked = Interaction(ASKED.id, ASKED.at, ASKED.question, None, outcome)
    with pytest.raises(UnscorableAnswer, match=reason):
        side_metric("dense", search).measure(case, asked)
