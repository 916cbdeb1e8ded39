"""The dimensions of quality beside the score that speaks: each by a score of ours, each with its own visible drop.

An answer may be supported word for word and still be beside the question, cut, or wrong in one figure. Each dimension
is tested on its own with its own share of the false-alert level; a mean over dimensions would thin a loss out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drift.quality.contrast import contrast
from drift.quality.measures import Measure, QualityMeasures, Side
from drift.results import Estimate, QualityDimension
from drift.settings import DriftSettings
from drift.stats import visible

SMALLEST = {"relevance": 0.02, "support": 0.05, "facts": 0.05, "form": 0.05}
"""The smallest drop of each dimension that may alert, on the scale of its score."""


@dataclass(frozen=True, slots=True)
class DimensionEvidence:
    """What a dimension did in two windows, and the change among questions of the same kind, which decides."""

    name: str
    measured: QualityDimension
    within: Estimate

    @property
    def smallest(self) -> float:
        """The smallest drop that may alert."""
        return SMALLEST[self.name]


def measure_dimensions(
    speaking: QualityMeasures, sides: tuple[Side, Side], settings: DriftSettings
) -> tuple[DimensionEvidence, ...]:
    """Measure each dimension that enough answers of both windows have a score of; the level comes later."""
    found = []
    for name, measure in speaking.dimensions.items():
        if min(len(measure.reference), len(measure.current)) < settings.min_records:
            continue
        evidence = _measured(name, measure, sides, settings)
        if evidence is not None:
            found.append(evidence)
    return tuple(found)


def smallest_visible(evidence: DimensionEvidence, alpha: float, settings: DriftSettings) -> float:
    """Return the drop that a test at `alpha` shows with the power asked for."""
    return visible(evidence.within.se, alpha, settings.power, evidence.smallest)


def _measured(
    name: str, measure: Measure, sides: tuple[Side, Side], settings: DriftSettings
) -> DimensionEvidence | None:
    made = contrast(measure.reference, measure.current, sides, settings)
    if not np.isfinite(made.within.se):
        return None
    shown = QualityDimension(
        metric=measure.metric,
        reference=float(made.reference.mean()),
        current=float(made.current.mean()),
        delta=made.raw.delta,
        ci=(made.raw.low, made.raw.high),
        p_value=made.within.p_drop,
        minimum_detectable_drop=None,
        n_reference=int(made.reference.size),
        n_current=int(made.current.size),
        effective=made.effective,
    )
    return DimensionEvidence(name, shown, made.within)
