"""A report as gauges: what is known is there, what is not is left out."""

import math

import pytest
from prometheus_client.parser import text_string_to_metric_families

from drift.alert.prometheus import METRICS, gauges, write_textfile
from drift.comparison import compare
from drift.reports.json_report import to_json
from drift.settings import DriftSettings
from tests.drift.conftest import NOW, build_window


@pytest.fixture(scope="module")
def drifted():
    return to_json(
        compare(
            build_window("a", 150),
            build_window("b", 150, quality=0.5, day=20, seed=1),
            DriftSettings(permutations=99),
            NOW,
        )
    )


def read(path):
    samples = (s for family in text_string_to_metric_families(path.read_text()) for s in family.samples)
    return {(sample.name, sample.labels.get("verdict", "")): sample.value for sample in samples}


def test_a_silent_drift_sets_the_gauge_that_alerts(drifted, tmp_path):
    write_textfile(tmp_path / "rag.prom", drifted, 180.0, "shop")
    found = read(tmp_path / "rag.prom")
    assert found["rag_silent_drift", ""] == 1.0
    assert found["rag_drift_verdict", "silent_drift"] == 1.0
    assert found["rag_drift_verdict", "steady"] == 0.0
    assert found["rag_quality_delta_low", ""] <= found["rag_quality_delta", ""] <= found["rag_quality_delta_high", ""]
    assert found["rag_drift_report_timestamp_seconds", ""] == NOW.timestamp()
    assert {name for name, _ in found} <= set(METRICS)


def test_what_a_report_does_not_know_is_left_out_and_never_zero():
    empty = to_json(compare(build_window("a", 0), build_window("b", 0, day=20), DriftSettings(permutations=99), NOW))
    found = gauges(empty, 180.0)
    assert "rag_quality_estimate" not in found
    assert found["rag_drift_insufficient"] == 1.0
    assert all(math.isfinite(value) for value in found.values())


def test_evidence_is_given_as_a_share_of_the_budget(drifted):
    found = gauges(drifted | {"quality": drifted["quality"] | {"e_value": 90.0}}, 180.0)
    assert found["rag_drift_alert_budget_used"] == found["rag_drift_page_budget_used"] == 0.5
