"""A report as Prometheus gauges, for `/metrics` and for the textfile collector of node_exporter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.extras import needed_by
from drift.vocabulary import EXIT_CODES

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_GAUGES = {
    "rag_silent_drift": "1 while ops are green and answers got worse, else 0.",
    "rag_quality_drifted": "1 while answers got worse, whatever ops say, else 0.",
    "rag_ops_incident": "1 while operations are red, else 0.",
    "rag_drift_changed": "1 while answers are not what they were and nothing says whether they are worse, else 0.",
    "rag_drift_insufficient": "1 when the data could not have shown the drop that matters, else 0.",
    "rag_quality_reference": "Quality of the baseline, on the 0 to 1 scale of the score that speaks.",
    "rag_quality_estimate": "Quality of the current window, on the same scale.",
    "rag_quality_delta": "Current minus baseline.",
    "rag_quality_delta_low": "Lower end of the interval of the difference.",
    "rag_quality_delta_high": "Upper end of the interval of the difference.",
    "rag_quality_minimum_detectable_drop": "The smallest drop that this report would have seen.",
    "rag_drift_e_value": "Evidence for a drop, in days of the false-alert budget.",
    "rag_drift_alert_budget_used": "Share of the false-alert budget the evidence fills; 1 is an alert.",
    "rag_drift_page_budget_used": "The former name of rag_drift_alert_budget_used.",
    "rag_drift_interactions": "Interactions in the current window.",
    "rag_drift_report_timestamp_seconds": "When the report was made, Unix time.",
}
METRICS = (*_GAUGES, "rag_drift_verdict")


def gauges(report: Mapping[str, Any], false_alert_days: float) -> dict[str, float]:
    """Return the gauges of a report in its JSON form; what it does not know is left out, never 0."""
    quality, verdict = report["quality"], report["verdict"]
    low, high = quality["ci"] or (None, None)
    evidence = quality["e_value"]
    used = None if evidence is None else evidence / false_alert_days
    values: dict[str, float | bool | None] = {
        "rag_silent_drift": verdict == "silent_drift",
        "rag_quality_drifted": quality["status"] == "drifted",
        "rag_ops_incident": report["ops"]["status"] == "red",
        "rag_drift_changed": verdict == "changed",
        "rag_drift_insufficient": verdict == "insufficient",
        "rag_quality_reference": quality["reference"],
        "rag_quality_estimate": quality["current"],
        "rag_quality_delta": quality["delta"],
        "rag_quality_delta_low": low,
        "rag_quality_delta_high": high,
        "rag_quality_minimum_detectable_drop": quality["minimum_detectable_drop"],
        "rag_drift_e_value": evidence,
        "rag_drift_alert_budget_used": used,
        "rag_drift_page_budget_used": used,
        "rag_drift_interactions": report["windows"]["current"]["interactions"],
        "rag_drift_report_timestamp_seconds": datetime.fromisoformat(report["created"]).timestamp(),
    }
    return {name: float(value) for name, value in values.items() if value is not None}


@needed_by("A drift gauge", "alerts")
def fill_registry(
    registry: CollectorRegistry, report: Mapping[str, Any], false_alert_days: float, service: str
) -> None:
    """Put the gauges of a report into `registry`, each with the label `service`.

    :raises ValueError: the registry holds them already.
    """
    from prometheus_client import Gauge

    for name, value in gauges(report, false_alert_days).items():
        Gauge(name, _GAUGES[name], ["service"], registry=registry).labels(service).set(value)
    verdicts = Gauge("rag_drift_verdict", "1 for the verdict of the report.", ["service", "verdict"], registry=registry)
    for verdict in EXIT_CODES:
        verdicts.labels(service, verdict).set(float(verdict == report["verdict"]))


@needed_by("alerts.textfile", "alerts")
def write_textfile(path: Path, report: Mapping[str, Any], false_alert_days: float, service: str) -> None:
    """Write the gauges for node_exporter's textfile collector, all or nothing.

    :raises OSError: the folder is missing or cannot be written.
    """
    from prometheus_client import CollectorRegistry, write_to_textfile

    registry = CollectorRegistry()
    fill_registry(registry, report, false_alert_days, service)
    write_to_textfile(str(path), registry)
