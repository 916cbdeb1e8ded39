"""A rate with its interval."""

from __future__ import annotations

from scipy.stats import beta


def interval(hits: int, n: int) -> tuple[float, float]:
    """Return the 95 % Clopper–Pearson interval of `hits` out of `n`."""
    low = float(beta.ppf(0.025, hits, n - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, n - hits)) if hits < n else 1.0
    return low, high
