"""Scores that are missing: never zeros, never silently dropped; where more are missing now, bounds, not a guess."""

from __future__ import annotations

from dataclasses import dataclass, replace

from drift.quality.measures import Measure, Side
from drift.results import QualityPlane
from drift.settings import DriftSettings

_RISE = 0.05


@dataclass(frozen=True, slots=True)
class MissingScores:
    """Shares of the answers without a score, and whether they differ beyond doubt and beyond 5 points."""

    reference: float
    current: float
    changed: bool


def missing_scores(measure: Measure, reference: Side, current: Side, settings: DriftSettings) -> MissingScores:
    """Count answers without a score of `measure` in both windows."""
    from scipy.stats import fisher_exact

    table = []
    for side, known in ((reference, measure.reference), (current, measure.current)):
        answered = [item.id for item in side.items if item.outcome == "answered"]
        scored = sum(key in known for key in answered)
        table.append([len(answered) - scored, scored])
    shares = [row[0] / sum(row) if sum(row) else 0.0 for row in table]
    changed = abs(shares[1] - shares[0]) >= _RISE and fisher_exact(table).pvalue <= settings.alpha
    return MissingScores(shares[0], shares[1], bool(changed))


def with_bounds(plane: QualityPlane, missing: MissingScores, settings: DriftSettings) -> QualityPlane:
    """Add the bounds of the change that missing scores leave open, and take back a green that they do not allow.

    The share that is missing in both windows is taken to be alike; of the excess nothing is known, so it is read as
    all 0 and as all 1 (Manski 1989, "Anatomy of the selection problem"). An alert needs no bounds: it stands on what
    was scored.
    """
    if not missing.changed or plane.delta is None or plane.reference is None or plane.current is None:
        return plane
    excess = missing.current - missing.reference
    known = plane.current if excess > 0 else plane.reference
    low, high = (-excess * known, excess * (1 - known)) if excess > 0 else (excess * (1 - known), -excess * known)
    bounds = (plane.delta + low, plane.delta + high)
    if plane.status != "steady" or bounds[0] > -settings.drop_that_matters:
        return replace(plane, bounds=bounds)
    reason = (
        f"{missing.current:.0%} of the answers have no score, {missing.reference:.0%} before: with those the change "
        f"may lie anywhere between {bounds[0]:+.2f} and {bounds[1]:+.2f}. Find out why they were not scored."
    )
    return replace(plane, status="insufficient", reason=reason, bounds=bounds)
