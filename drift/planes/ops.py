"""The ops plane: what a health dashboard would have shown, and whether it would have been red."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction
from drift.results import OpsPlane, shown_p
from drift.settings import DriftSettings
from drift.signals import total_latency

_MIN_LATENCIES = 20


@dataclass(frozen=True, slots=True)
class _Rise:
    """One health number in both windows and whether it rose beyond doubt and beyond tolerance."""

    red: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Health:
    """What a window says of operations; `slower` counts the answers that took more than so many milliseconds."""

    failed: int
    records: int
    timed: int
    p50: float | None
    p95: float | None
    slower: Callable[[float], int]


def judge_ops(reference: Sequence[Interaction], current: Sequence[Interaction], settings: DriftSettings) -> OpsPlane:
    """Judge errors and latency of two windows, see `judge_health`."""
    return judge_health(_health(reference), _health(current), settings)


def judge_health(reference: Health, current: Health, settings: DriftSettings) -> OpsPlane:
    """Judge errors and latency: red needs evidence at `ops_alpha` and a rise beyond the tolerances of the settings.

    Errors: one-sided Fisher test and a rise of `error_rate_rise`. Latency: the share of current answers slower than the
    reference's 95th percentile (Fisher again), the ratio of the 95th percentiles, and a rise in milliseconds. Faster is
    green.
    """
    if not reference.records or not current.records:
        return OpsPlane("unknown", None, None, None, None, None, None, "One of the windows is empty.")
    checks = (_errors(reference, current, settings), _latency(reference, current, settings))
    reds = [check.sentence for check in checks if check.red]
    return OpsPlane(
        status="red" if reds else "green",
        error_rate_reference=reference.failed / reference.records,
        error_rate_current=current.failed / current.records,
        latency_p95_reference=reference.p95,
        latency_p95_current=current.p95,
        latency_p50_reference=reference.p50,
        latency_p50_current=current.p50,
        reason=" ".join(reds or [check.sentence for check in checks]),
    )


def percentile(values: NDArray[np.float64], q: float) -> float | None:
    """Return the q-th percentile (0–100), None of nothing."""
    return float(np.percentile(values, q)) if values.size else None


def _health(items: Sequence[Interaction]) -> Health:
    found = (total_latency(item) for item in items if item.outcome != "failed")
    times = np.array([value for value in found if value is not None and np.isfinite(value)], dtype=np.float64)
    failed = sum(item.outcome == "failed" for item in items)
    p50, p95 = percentile(times, 50), percentile(times, 95)
    return Health(failed, len(items), int(times.size), p50, p95, lambda limit: int(np.sum(times > limit)))


def _errors(reference: Health, current: Health, settings: DriftSettings) -> _Rise:
    rates = (reference.failed / reference.records, current.failed / current.records)
    p = _rise_p((reference.failed, reference.records), (current.failed, current.records))
    red = p <= settings.ops_alpha and rates[1] - rates[0] >= settings.error_rate_rise
    verb = "rose" if red else "went"
    return _Rise(red, f"Error rate {verb} from {rates[0]:.1%} to {rates[1]:.1%} ({shown_p(p)}).")


def _latency(reference: Health, current: Health, settings: DriftSettings) -> _Rise:
    limit, p95 = reference.p95, current.p95
    if min(reference.timed, current.timed) < _MIN_LATENCIES or limit is None or p95 is None:
        return _Rise(False, "Too few latencies were logged to judge speed.")
    p = _rise_p((reference.slower(limit), reference.timed), (current.slower(limit), current.timed))
    slower = p95 >= settings.latency_ratio * limit and p95 - limit >= settings.latency_rise_ms
    red = p <= settings.ops_alpha and slower
    verb = "rose" if red else "went"
    return _Rise(red, f"Latency p95 {verb} from {limit:,.0f} to {p95:,.0f} ms ({shown_p(p)}).")


def _rise_p(reference: tuple[int, int], current: tuple[int, int]) -> float:
    from scipy.stats import fisher_exact

    table = [[current[0], current[1] - current[0]], [reference[0], reference[1] - reference[0]]]
    return float(fisher_exact(table, alternative="greater").pvalue)
