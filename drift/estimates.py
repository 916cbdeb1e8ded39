"""Estimates: a difference with its error, and how a p-value is said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference current − reference, its standard error and two-sided interval; `p_drop` tests for a drop only."""

    delta: float
    se: float
    low: float
    high: float
    p_drop: float


def shown_p(p: float) -> str:
    """Return "p = 0.012"; what is too small for a floating-point number is told as a bound, for no p-value is 0."""
    return f"p = {p:.2g}" if p > 0 else "p < 1e-300"
