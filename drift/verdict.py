"""The verdict: ops and quality, never mixed, and the sentence that says it."""

from __future__ import annotations

from drift.results import OpsPlane, QualityPlane, Verdict


def decide(ops: OpsPlane, quality: QualityPlane) -> Verdict:
    """Place ops and quality in the 2×2; only these two may alert."""
    if ops.status == "red":
        return "ops_incident_and_drift" if quality.status == "drifted" else "ops_incident"
    if quality.status == "drifted":
        return "silent_drift"
    return "steady" if quality.status == "steady" and ops.status == "green" else "insufficient"


def verdict_sentence(verdict: Verdict, ops: OpsPlane, quality: QualityPlane) -> str:
    """Say the verdict in one sentence; a green one carries the drop that would have been seen."""
    limit = quality.minimum_detectable_drop
    unsure = quality if quality.status == "insufficient" else ops
    sentences: dict[Verdict, str] = {
        "steady": f"Steady: ops green, quality steady; a drop of {limit or 0.0:.3f} or more would have been seen.",
        "silent_drift": f"Silent drift: {_beside(ops)}answers got worse. {quality.reason}",
        "ops_incident": f"Ops incident: {ops.reason} Quality: {quality.status}.",
        "ops_incident_and_drift": f"Ops incident and drift: {ops.reason} {quality.reason}",
        "insufficient": f"Too little data to tell: {unsure.reason}",
    }
    return sentences[verdict]


def _beside(ops: OpsPlane) -> str:
    return "ops green, but " if ops.status == "green" else "too little is known of ops, "
