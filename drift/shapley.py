"""Which change moved quality: Shapley shares of the difference between the old system and the new one.

The same questions are answered by every combination of old and new parts (index, model, settings). The effect of a part
is what it adds, averaged over all orders in which the parts could have been changed (Shapley 1953). The effects add up
to the whole difference. Parts that only hurt together share what they do together. Every question is answered by every
combination, so uncertainty comes from the questions alone: they are resampled (percentile bootstrap).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Cell = frozenset[str]
"""The parts that are new; all others are old."""

_RESAMPLES = 2_000
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Effect:
    """What one part adds (new − old) with its interval; `share` of the whole, None where the whole may be nothing."""

    factor: str
    effect: float
    low: float
    high: float
    share: float | None


@dataclass(frozen=True, slots=True)
class Attribution:
    """The whole difference over `questions` questions and the effect of each part, largest loss first."""

    questions: int
    old: float
    new: float
    difference: float
    low: float
    high: float
    effects: tuple[Effect, ...]


def cells(factors: Sequence[str]) -> list[Cell]:
    """Return all combinations, from all old to all new."""
    return [frozenset(part) for size in range(len(factors) + 1) for part in combinations(factors, size)]


def attribute(values: Mapping[Cell, Array], factors: Sequence[str], seed: int) -> Attribution | None:
    """Divide the difference between all new and all old over the factors.

    `values` holds one number per question for each combination, NaN where there is none; a question counts where every
    combination has one. None where fewer than two questions count.
    """
    matrix = np.column_stack([values[cell] for cell in cells(factors)])
    rows = matrix[~np.isnan(matrix).any(axis=1)]
    if len(rows) < 2:
        return None
    known = dict(zip(cells(factors), rows.T, strict=True))
    whole = known[frozenset(factors)] - known[frozenset()]
    parts = [shapley(known, factors, factor) for factor in factors]
    low, high = _interval(whole, seed)
    sure = low > 0 or high < 0
    effects = [_effect(name, part, whole, seed, sure) for name, part in zip(factors, parts, strict=True)]
    return Attribution(
        questions=len(rows),
        old=float(known[frozenset()].mean()),
        new=float(known[frozenset(factors)].mean()),
        difference=float(whole.mean()),
        low=low,
        high=high,
        effects=tuple(sorted(effects, key=lambda effect: effect.effect)),
    )


def shapley(values: Mapping[Cell, Array], factors: Sequence[str], factor: str) -> Array:
    """Return the Shapley value of one factor for every question."""
    others = [name for name in factors if name != factor]
    total = np.zeros_like(values[frozenset()])
    for before in cells(others):
        weight = factorial(len(before)) * factorial(len(others) - len(before)) / factorial(len(factors))
        total = total + weight * (values[before | {factor}] - values[before])
    return total


def _effect(name: str, part: Array, whole: Array, seed: int, sure: bool) -> Effect:
    low, high = _interval(part, seed)
    share = float(part.mean() / whole.mean()) if sure else None
    return Effect(name, float(part.mean()), low, high, share)


def _interval(values: Array, seed: int) -> tuple[float, float]:
    # One seed for all: every effect is resampled over the same questions.
    from scipy.stats import bootstrap

    rng = np.random.default_rng(seed)
    found = bootstrap(
        (values,), np.mean, n_resamples=_RESAMPLES, confidence_level=_CONFIDENCE, method="percentile", rng=rng
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def named(cell: Iterable[str], factors: Sequence[str]) -> str:
    """Name a combination: "index=old model=new"."""
    fresh = set(cell)
    return " ".join(f"{factor}={'new' if factor in fresh else 'old'}" for factor in factors)
