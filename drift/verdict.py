"""The verdict: ops and quality, never mixed, and the sentence that says it."""

from __future__ import annotations

from collections.abc import Sequence

from data.text import plural
from drift.results import AlertBudget, OpsPlane, QualityPlane
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
