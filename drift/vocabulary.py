"""The closed lists of words that a report uses: verdicts, states, planes, causes; and the exit code of each verdict."""

from __future__ import annotations

from typing import Literal

Verdict = Literal["steady", "silent_drift", "ops_incident", "ops_incident_and_drift", "changed", "insufficient"]

QualityStatus = Literal["steady", "drifted", "insufficient"]

OpsStatus = Literal["green", "red", "unknown"]

Plane = Literal["query", "retrieval", "answer", "quality", "ops", "fingerprint"]

CauseName = Literal[
    "mix_shift",
    "retrieval",
    "generation",
    "model_change",
    "prompt_change",
    "index_change",
    "corpus_change",
    "judge_drift",
    "truncation",
    "ops",
    "unknown",
]

EXIT_CODES: dict[Verdict, int] = {
    "steady": 0,
    "silent_drift": 3,
    "ops_incident": 4,
    "ops_incident_and_drift": 4,
    "insufficient": 5,
    "changed": 6,
}

ALERTING: tuple[Verdict, ...] = ("silent_drift", "ops_incident", "ops_incident_and_drift")
"""Verdicts that somebody is told of at once."""
