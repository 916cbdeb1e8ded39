"""A rate with its interval."""

from __future__ import annotations

from scipy.stats import binomtest


def interval(hits: int, n: int) -> tuple[float, float]:
    """Return the 95 % Clopper–Pearson interval of `hits` out of `n`; all of [0, 1] where nothing was tried."""
    if not n:
        return 0.0, 1.0
    found = binomtest(hits, n).proportion_ci(0.95, method="exact")
    return float(found.low), float(found.high)
