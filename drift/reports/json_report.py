"""The report as JSON with stable keys, versioned by "schema"."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import datetime
from typing import Any

from drift.results import DriftReport, PlaneReport, QualityPlane
from drift.verdict import began_about, headline, refused_share

SCHEMA = 2


def to_json(report: DriftReport) -> dict[str, Any]:
    """Return the report as plain JSON values; numbers that are not finite become null, times ISO 8601."""
    body = {
        "schema": SCHEMA,
        "verdict": report.verdict,
        "exit_code": report.exit_code,
        "sentence": report.sentence,
        "headline": headline(report),
        "service": report.service or None,
        "since": began_about(report),
        "affected": report.affected,
        "shown_by": report.shown_by or None,
        "refused": {"reference": refused_share(report.reference), "current": refused_share(report.current)},
        "created": report.created,
        "windows": {"reference": asdict(report.reference), "current": asdict(report.current)},
        "ops": asdict(report.ops),
        "quality": _quality(report.quality),
        "alert_budget": asdict(report.budget) | {"used": report.budget.used} if report.budget else None,
        "planes": {plane.name: _plane(plane) for plane in report.planes},
        "segments": [asdict(segment) for segment in report.segments],
        "causes": [asdict(cause) for cause in report.causes],
        "findings": [asdict(finding) for finding in report.findings],
        "timeline": [asdict(point) for point in report.timeline],
        "fingerprint_changes": [asdict(change) for change in report.fingerprint_changes],
        "change_point": asdict(report.change_point) if report.change_point else None,
        "examples": [asdict(example) for example in report.examples],
        "notes": list(report.notes),
        "changes": list(report.changes),
        "deciding": list(report.deciding),
    }
    plain: dict[str, Any] = _plain(body)
    return plain


def _quality(quality: QualityPlane) -> dict[str, Any]:
    first = (
        "status",
        "reference",
        "current",
        "delta",
        "ci",
        "minimum_detectable_drop",
        "e_value",
        "method",
        "n_labelled",
    )
    values = asdict(quality)
    return {key: values[key] for key in first} | {key: value for key, value in values.items() if key not in first}


def _plane(plane: PlaneReport) -> dict[str, Any]:
    return {key: value for key, value in asdict(plane).items() if key != "name"}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value
