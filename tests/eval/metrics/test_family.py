"""What every metric of golden cases keeps to; a new one is tested here as soon as it is listed."""

from dataclasses import replace
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.cases import Case
from data.records import Interaction
from eval.errors import UnscorableAnswer
from eval.gating import gate
from eval.metric import Metric
from eval.metrics.catalog import METRICS
from eval.quality.groundedness import GroundednessProxy
from eval.quality.scores import proxy_metrics
from eval.report.text import gate_text, run_text
from eval.run import evaluate
from eval.settings import EvalSettings
from tests.odd_records import AT, interactions, sources, texts

FAMILY = [*METRICS, *proxy_metrics(GroundednessProxy.load())]
EVERY_METRIC = pytest.mark.parametrize("metric", FAMILY, ids=lambda metric: metric.name)


def several(of):
    return st.lists(of, max_size=3).map(tuple)


cases = st.builds(
    Case,
    id=st.just("c"),
    question=texts,
    answers=several(texts),
    sources=several(sources),
    evidence=several(texts),
    must_abstain=st.booleans(),
    page=st.none() | st.integers(0, 9),
)


def measured(metric: Metric, case: Case, item: Interaction) -> float | str:
    """Return the value, or the reason why there is none."""
    try:
        return metric.measure(case, item)
    except UnscorableAnswer as error:
        return str(error)


@EVERY_METRIC
@given(case=cases, item=interactions)
def test_a_metric_gives_a_number_of_its_range_or_a_reason_for_any_record_and_the_same_again(metric, case, item):
    found = measured(metric, case, item)
    if isinstance(found, str):
        assert found.strip()
    else:
        assert isfinite(found) and found >= 0
        assert found <= 1 or not metric.is_share
    assert measured(metric, case, item) == found


@EVERY_METRIC
def test_a_metric_has_a_name_a_version_and_a_unit(metric):
    assert metric.name.isidentifier() and metric.version and metric.unit
    assert [other.name for other in FAMILY].count(metric.name) == 1


def test_a_metric_needs_no_more_than_its_place_in_the_catalog():
    def is_brief(case: Case, interaction: Interaction) -> float:
        if not interaction.answer:
            raise UnscorableAnswer("there is no answer to measure")
        return float(len(interaction.answer) < 20)

    family = (*METRICS, Metric("is_brief", is_brief))
    asked = [Case(f"c{n}", "When?", answers=("At nine.",)) for n in range(40)]
    short = Interaction("i", AT, "When?", "At nine.")
    runs = [
        evaluate(asked, lambda case, answer=answer: replace(short, answer=answer), family, label=answer[:9])
        for answer in ("At nine.", "At nine, unless it rains.")
    ]
    assert "is_brief" in run_text(runs[0])
    outcome = gate(*runs, EvalSettings(metrics=("answer_match", "is_brief")))
    assert [(item.metric, item.verdict) for item in outcome.metrics] == [
        ("answer_match", "pass"),
        ("is_brief", "regression"),
    ]
    assert "is_brief" in gate_text(outcome)
