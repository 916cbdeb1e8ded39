"""About how many answers a drop touched: the figure a reader asks for first, and scores do not say."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from drift.results import QualityPlane

_RATES = ("answered", "citations", "complete", "numbers", "canaries")


def affected_share(plane: QualityPlane, values: tuple[Mapping[str, float], Mapping[str, float]]) -> float | None:
    """Return the share of current answers that must be worse for the drop to be what it is; None without a drop.

    Of a share (answered, cited, …) that is the drop itself. Of a score it is the largest excess of current answers
    below any threshold (one-sided Kolmogorov–Smirnov distance): so many at least are other answers.
    """
    if plane.status != "drifted":
        return None
    found = [-test.delta for test in plane.tests if test.fired and test.name in _RATES]
    if any(test.fired and test.name not in _RATES for test in plane.tests) or not found:
        found.append(_excess(values))
    if plane.delta is not None and plane.source in ("human", "reference"):
        found.append(-plane.delta)
    share = max(found)
    return min(1.0, share) if share > 0 else None


def _excess(values: tuple[Mapping[str, float], Mapping[str, float]]) -> float:
    before, now = (np.sort(list(side.values())) for side in values)
    if min(before.size, now.size) == 0:
        return 0.0
    limits = np.concatenate([before, now])
    below = [np.searchsorted(side, limits, "right") / side.size for side in (before, now)]
    return float(np.max(below[1] - below[0]))
