"""Windows drawn from scored rows, and the tests that would page on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from eval.quality.scorer import DIMENSIONS

TESTED = (*DIMENSIONS, "kept")
"""What is tested for a drop; `kept` is the part of support that is about changed names, figures and negations."""
Floats = NDArray[np.float64]
SIZE = 300
RUNS = 200
LEVEL = 0.01
LEAST = 0.02
"""A page needs a drop of a mean score by this much, beside evidence."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores by dimension, NaN where unscored, and which rows refuse."""

    values: dict[str, Floats]
    refused: NDArray[np.bool_]

    def at(self, places: Sequence[int] | NDArray[np.int_]) -> Scored:
        """Return the scores of some rows."""
        chosen = np.asarray(places, int)
        return Scored({name: held[chosen] for name, held in self.values.items()}, self.refused[chosen])

    def beside(self, other: Scored) -> Scored:
        """Return the rows of both."""
        both = {name: np.concatenate([held, other.values[name]]) for name, held in self.values.items()}
        return Scored(both, np.concatenate([self.refused, other.refused]))


def moved(before: Floats, after: Floats) -> dict[str, Any]:
    """Return the shift in standard deviations of the healthy, AUROC of healthy over spoilt, and shares unscored."""
    good, bad = before[~np.isnan(before)], after[~np.isnan(after)]
    found: dict[str, Any] = {"unscored": [round(float(np.isnan(side).mean()), 3) for side in (before, after)]}
    if len(good) < 5 or len(bad) < 5:
        return found
    spread = max(float(good.std()), 0.02)
    return found | {
        "before": round(float(good.mean()), 4), "after": round(float(bad.mean()), 4),
        "shift_sd": round(float((bad.mean() - good.mean()) / spread), 3), "auroc": round(auroc(good, bad), 3),
    }  # fmt: skip


def auroc(good: Floats, bad: Floats) -> float:
    """Return the chance that a good one scores higher than a bad one, ties counted half."""
    ordered = np.sort(bad)
    below = np.searchsorted(ordered, good, "left") + np.searchsorted(ordered, good, "right")
    return float(below.mean() / (2 * len(bad)))


def pages(
    others: Scored, before: Scored, after: Scored, share: float, rng: np.random.Generator, runs: int = RUNS
) -> dict[str, float]:
    """Return how often windows page, over all and by test.

    Both windows are drawn with repeats from the rows that can be of the kind and from `others`, which stay as they
    are. In the current one each such row is of the kind with the chance `share`.
    """
    found: dict[str, int] = dict.fromkeys(("any", *TESTED, "unscored"), 0)
    count = len(before.refused)
    for _ in range(runs):
        reference = before.beside(others).at(rng.integers(0, count + len(others.refused), SIZE))
        drawn = rng.integers(0, count + len(others.refused), SIZE)
        kind = (drawn < count) & (rng.random(SIZE) < share)
        current = after.at(drawn[kind]).beside(before.beside(others).at(drawn[~kind]))
        fired = tests(reference, current)
        for name in fired:
            found[name] += 1
        found["any"] += bool(fired)
    return {name: round(number / runs, 4) for name, number in found.items()}


def tests(reference: Scored, current: Scored) -> list[str]:
    """Return the names of the tests that page: a drop of each dimension, and more answers that nothing can score."""
    level = LEVEL / (len(TESTED) + 1)
    fired = [name for name in TESTED if _dropped(reference.values[name], current.values[name], level)]
    lost = [_without_score(side) for side in (reference, current)]
    return [*fired, "unscored"] if _rose(lost[0], lost[1], level) else fired


def _dropped(before: Floats, after: Floats, level: float) -> bool:
    good, now = before[~np.isnan(before)], after[~np.isnan(after)]
    if min(len(good), len(now)) < 20:
        return False
    error = float(np.sqrt(good.var(ddof=1) / len(good) + now.var(ddof=1) / len(now)))
    change = float(now.mean() - good.mean())
    return change <= -LEAST and bool(norm.cdf(change / max(error, 1e-9)) <= level)


def _without_score(side: Scored) -> NDArray[np.bool_]:
    """Return the answers that are no refusals and have neither relevance nor support."""
    return ~side.refused & np.isnan(side.values["relevance"]) & np.isnan(side.values["support"])


def _rose(before: NDArray[np.bool_], after: NDArray[np.bool_], level: float) -> bool:
    one, two = float(before.mean()), float(after.mean())
    both = (one + two) / 2
    error = float(np.sqrt(max(both * (1 - both), 1e-9) * (1 / len(before) + 1 / len(after))))
    return two - one >= 0.05 and bool(norm.sf((two - one) / error) <= level)
