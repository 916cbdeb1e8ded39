"""The verdict: ops and quality, never mixed, the sentence that says it, and the line below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.text import plural
from drift.results import AlertBudget, DriftReport, OpsPlane, QualityPlane, WindowSummary
from drift.vocabulary import Verdict

_RARE_DAYS = 10_000

_TRUSTED = ("human", "reference", "judge")


def decide(ops: OpsPlane, quality: QualityPlane, changes: Sequence[str] = ()) -> Verdict:
    """Place ops and quality in the 2×2; only these two may alert.

    Answers that are known to be different are never called steady by our own scores: these may be blind to the
    difference. People, references or a judge may say so.
    """
    if ops.status == "red":
        return "ops_incident_and_drift" if quality.status == "drifted" else "ops_incident"
    if quality.status == "drifted":
        return "silent_drift"
    if changes and not (quality.status == "steady" and quality.source in _TRUSTED):
        return "changed"
    return "steady" if quality.status == "steady" and ops.status == "green" else "insufficient"


def verdict_sentence(verdict: Verdict, ops: OpsPlane, quality: QualityPlane, changes: Sequence[str] = ()) -> str:
    """Say the verdict in one sentence; a green one carries the drop that would have been seen."""
    limit = quality.minimum_detectable_drop
    of = f" by {quality.metric}" if quality.metric else ""
    unsure = quality if quality.status == "insufficient" else ops
    sentences: dict[Verdict, str] = {
        "steady": f"Steady: ops green, quality steady; a drop{of} of {limit or 0.0:.3f} or more would have been seen.",
        "silent_drift": f"Silent drift: {_beside(ops)}answers got worse. {quality.reason}",
        "ops_incident": f"Ops incident: {ops.reason} Quality: {quality.status}.",
        "ops_incident_and_drift": f"Ops incident and drift: {ops.reason} {quality.reason}",
        "changed": f"Changed: no measurement says whether answers are better or worse. {' '.join(changes)}",
        "insufficient": f"Too little data to tell: {unsure.reason}",
    }
    return sentences[verdict]


def headline(report: DriftReport) -> str:
    """Return the line for who is woken at night: service, since when, how many answers, refusals before and now."""
    refused, began = (refused_share(report.reference), refused_share(report.current)), began_about(report)
    parts = (
        report.service,
        f"since about {began:%Y-%m-%d %H:%M} UTC" if began else "",
        f"about {_of_hundred(report.affected)} of 100 answers affected" if report.affected is not None else "",
        f"refusals {_of_hundred(refused[0])} → {_of_hundred(refused[1])} of 100" if None not in refused else "",
    )
    return " · ".join(part for part in parts if part)


def began_about(report: DriftReport) -> datetime | None:
    """Return since when it is so: when quality most likely changed, else when the system did; None if nothing did."""
    if report.verdict in ("steady", "insufficient"):
        return None
    moved = min((change.at for change in report.fingerprint_changes), default=None)
    return report.change_point.at if report.change_point else moved or report.current.since


def refused_share(window: WindowSummary) -> float | None:
    """Return which share of what did not fail was declined; None of nothing."""
    settled = window.answered + window.abstained
    return window.abstained / settled if settled else None


def _of_hundred(share: float | None) -> str:
    return "under 1" if share and share < 0.005 else f"{100 * (share or 0.0):.0f}"


def _beside(ops: OpsPlane) -> str:
    return "ops green, but " if ops.status == "green" else "too little is known of ops, "


def evidence_sentence(budget: AlertBudget) -> str:
    """Say that the days together alert; how rare that would be by chance is not counted beyond `_RARE_DAYS`."""
    rare = f"{budget.evidence:,.0f}" if budget.evidence < _RARE_DAYS else f"over {_RARE_DAYS:,}"
    about = f" of {budget.measure}" if budget.measure else ""
    return (
        f"Over {plural(budget.days, 'day')} the evidence for a drop{about} has added up: chance brings as much once in"
        f" {rare} days, and once in {budget.budget_days:.0f} is enough."
    )
