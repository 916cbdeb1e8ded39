"""The ops plane: what a health dashboard would have shown, and whether it would have been red."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction
from drift.report import OpsPlane
from drift.settings import DriftSettings
from drift.signals import total_latency

_MIN_LATENCIES = 20


@dataclass(frozen=True, slots=True)
class _Rise:
    """One health number in both windows and whether it rose beyond doubt and beyond tolerance."""

    red: bool
    sentence: str


def judge_ops(reference: Sequence[Interaction], current: Sequence[Interaction], settings: DriftSettings) -> OpsPlane:
    """Judge errors and latency: red needs evidence at `ops_alpha` and a rise beyond the tolerances of the settings.

    Errors: one-sided Fisher test and a rise of `error_rate_rise`. Latency: the share of current answers slower than the
    reference's 95th percentile (Fisher again), the ratio of the 95th percentiles, and a rise in milliseconds. Faster is
    green.
    """
    if not reference or not current:
        return OpsPlane("unknown", None, None, None, None, None, None, "One of the windows is empty.")
    slow = [_latencies(side) for side in (reference, current)]
    checks = (_errors(reference, current, settings), _latency(slow[0], slow[1], settings))
    reds = [check.sentence for check in checks if check.red]
    rates = [sum(item.outcome == "failed" for item in side) / len(side) for side in (reference, current)]
    return OpsPlane(
        status="red" if reds else "green",
        error_rate_reference=rates[0],
        error_rate_current=rates[1],
        latency_p95_reference=percentile(slow[0], 95),
        latency_p95_current=percentile(slow[1], 95),
        latency_p50_reference=percentile(slow[0], 50),
        latency_p50_current=percentile(slow[1], 50),
        reason=" ".join(reds or [check.sentence for check in checks]),
    )


def percentile(values: NDArray[np.float64], q: float) -> float | None:
    """Return the q-th percentile (0–100), None of nothing."""
    return float(np.percentile(values, q)) if values.size else None


def _latencies(items: Sequence[Interaction]) -> NDArray[np.float64]:
    found = (total_latency(item) for item in items if item.outcome != "failed")
    return np.array([value for value in found if value is not None and np.isfinite(value)], dtype=np.float64)


def _errors(reference: Sequence[Interaction], current: Sequence[Interaction], settings: DriftSettings) -> _Rise:
    failed = [sum(item.outcome == "failed" for item in side) for side in (reference, current)]
    rates = (failed[0] / len(reference), failed[1] / len(current))
    p = _rise_p((failed[0], len(reference)), (failed[1], len(current)))
    red = p <= settings.ops_alpha and rates[1] - rates[0] >= settings.error_rate_rise
    verb = "rose" if red else "went"
    return _Rise(red, f"Error rate {verb} from {rates[0]:.1%} to {rates[1]:.1%} (p = {p:.2g}).")


def _latency(reference: NDArray[np.float64], current: NDArray[np.float64], settings: DriftSettings) -> _Rise:
    if min(reference.size, current.size) < _MIN_LATENCIES:
        return _Rise(False, "Too few latencies were logged to judge speed.")
    limit = float(np.percentile(reference, 95))
    p95 = float(np.percentile(current, 95))
    p = _rise_p((int(np.sum(reference > limit)), reference.size), (int(np.sum(current > limit)), current.size))
    slower = p95 >= settings.latency_ratio * limit and p95 - limit >= settings.latency_rise_ms
    red = p <= settings.ops_alpha and slower
    verb = "rose" if red else "went"
    return _Rise(red, f"Latency p95 {verb} from {limit:,.0f} to {p95:,.0f} ms (p = {p:.2g}).")


def _rise_p(reference: tuple[int, int], current: tuple[int, int]) -> float:
    from scipy.stats import fisher_exact

    table = [[current[0], current[1] - current[0]], [reference[0], reference[1] - reference[0]]]
    return float(fisher_exact(table, alternative="greater").pvalue)
