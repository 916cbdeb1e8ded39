"""P-values in sentences."""

from __future__ import annotations


def shown_p(p: float) -> str:
    """Return "p = 0.012"; what is too small for a floating-point number is told as a bound, for no p-value is 0."""
    return f"p = {p:.2g}" if p > 0 else "p < 1e-300"
