"""Quality against health over time, when quality changed, and when parts of the system did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from data.records import Fingerprint, Interaction
from drift.planes.ops import percentile
from drift.results import ChangePoint, FingerprintChange, TimePoint
from drift.settings import DriftSettings
from drift.signals import new_values, total_latency
from drift.stats import mean_interval

_BINS = 30
_EDGE = 0.05
_MIN_VALUES = 20
_ROUNDS = 50
_LEAST_SERVED = 0.05
"""A value that serves a smaller share of the window is no change of the system."""
_PROFILE = 3.84
"""A time fits about as well as the best one where twice the log-likelihood differs by less (chi-square, 95 %)."""


def time_points(
    items: Sequence[Interaction],
    values: Mapping[str, float],
    window: Literal["reference", "current"],
    settings: DriftSettings,
) -> tuple[TimePoint, ...]:
    """Cut one window, in order of time, into at most 30 bins: days where there are enough, else equal counts."""
    return tuple(_time_point(chunk, values, window, settings.confidence) for chunk in _bins(items))


def change_point(
    reference: Sequence[Interaction],
    current: Sequence[Interaction],
    values: tuple[Mapping[str, float], Mapping[str, float]],
    settings: DriftSettings,
) -> ChangePoint | None:
    """Find the time in the current window from which on quality is worst compared with all before it.

    The reference counts as before, where it ends before the current window begins, and the first possible time is the
    start of the current window: that is what the answer means then, "by the time this window began".
    The statistic is the largest standardised drop of the mean (CUSUM with both parts' lengths) and its p-value comes
    from permuting the order. None where that p-value exceeds `alpha` or fewer than 20 records are scored.
    """
    follows = bool(reference and current) and reference[-1].at <= current[0].at
    before = [values[0][item.id] for item in reference if item.id in values[0]] if follows else []
    scored = [item for item in current if item.id in values[1]]
    series = np.array([*before, *(values[1][item.id] for item in scored)])
    if len(scored) < _MIN_VALUES:
        return None
    splits = np.arange(max(len(before), _margin(len(scored))), series.size - _margin(len(scored)))
    curve = _drops(series[None, :], splits)[0]
    best = int(curve.argmax())
    p_value = _permutation_p(series, splits, float(curve[best]), settings)
    if p_value > settings.alpha:
        return None
    near = np.flatnonzero(curve**2 >= curve[best] ** 2 - _PROFILE)
    times = [scored[splits[place] - len(before)].at for place in (best, int(near.min()), int(near.max()))]
    return ChangePoint(times[0], times[1], times[2], p_value)


def fingerprint_changes(
    reference: Sequence[Interaction], current: Sequence[Interaction]
) -> tuple[FingerprintChange, ...]:
    """List parts of the system with a value that is new and serves a twentieth of the current window or more."""
    found = [
        FingerprintChange(field.name, new.usual, new.value, new.first)
        for field in fields(Fingerprint)
        for new in new_values(field.name, reference, current)
        if new.count >= _LEAST_SERVED * len(current)
    ]
    return tuple(sorted(found, key=lambda change: change.at))


def _permutation_p(
    series: NDArray[np.float64], splits: NDArray[np.int64], seen: float, settings: DriftSettings
) -> float:
    rng = np.random.default_rng(settings.seed)
    rounds = settings.permutations // _ROUNDS + 1
    null = [_drops(rng.permuted(np.tile(series, (_ROUNDS, 1)), axis=1), splits).max(axis=1) for _ in range(rounds)]
    return float((1 + np.sum(np.concatenate(null) >= seen)) / (1 + rounds * _ROUNDS))


def _drops(rows: NDArray[np.float64], splits: NDArray[np.int64]) -> NDArray[np.float64]:
    # Standardised difference "mean before − mean after" of every row for every split (= how many values lie before).
    n = rows.shape[1]
    sums = np.cumsum(rows, axis=1)
    before = sums[:, splits - 1] / splits
    after = (sums[:, -1:] - sums[:, splits - 1]) / (n - splits)
    spread = np.maximum(rows.std(axis=1, keepdims=True), 1e-12)
    drops: NDArray[np.float64] = (before - after) * np.sqrt(splits * (n - splits) / n) / spread
    return np.maximum(drops, 0.0)


def _margin(n: int) -> int:
    return max(int(_EDGE * n), 5)


def _bins(items: Sequence[Interaction]) -> list[Sequence[Interaction]]:
    if not items:
        return []
    days: dict[str, list[Interaction]] = {}
    for item in items:
        days.setdefault(item.at.date().isoformat(), []).append(item)
    if 3 <= len(days) <= _BINS:
        return [days[day] for day in sorted(days)]
    count = min(_BINS if len(days) > _BINS else 10, max(1, len(items) // 10))
    edges = np.linspace(0, len(items), count + 1).astype(int)
    return [items[low:high] for low, high in zip(edges[:-1], edges[1:], strict=True)]


def _time_point(
    items: Sequence[Interaction],
    values: Mapping[str, float],
    window: Literal["reference", "current"],
    confidence: float,
) -> TimePoint:
    scores = np.array([values[item.id] for item in items if item.id in values])
    latencies = np.array([value for item in items if (value := total_latency(item)) is not None])
    low, high = mean_interval(scores, confidence)
    return TimePoint(
        start=items[0].at,
        end=items[-1].at,
        window=window,
        interactions=len(items),
        quality=float(scores.mean()) if scores.size else None,
        quality_low=max(low, 0.0) if scores.size > 1 else None,
        quality_high=min(high, 1.0) if scores.size > 1 else None,
        error_rate=sum(item.outcome == "failed" for item in items) / len(items),
        latency_p95=percentile(latencies, 95),
    )
