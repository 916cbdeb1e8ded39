"""Choose what to label with known probabilities, so that few labels speak for all records.

A record that the proxy is unsure about teaches more than one it is sure about. The best probability is proportional to
the spread of the label given the proxy. For a calibrated proxy f of a yes/no label that is sqrt(f · (1 − f)) (Zrnic and
Candès 2024, "Active statistical inference", arXiv:2403.03208). A floor keeps every record possible: a proxy that is
surely wrong would otherwise never be found out. The estimate weighs each label by 1/probability (`LabelledWindow`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

FLOOR = 0.5
"""The least probability of any record, as a share of the probability that all would have in a plain random sample."""

_UNKNOWN = 0.5
_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows chosen, in order, and the probability that each row of the whole had of being chosen."""

    chosen: Ints
    probability: Array


def active_sample(proxy: Array, count: int, rng: np.random.Generator, floor: float = FLOOR) -> Sample:
    """Choose exactly `count` rows (all of them if there are fewer), unsure ones more often.

    `proxy` holds scores in [0, 1], NaN where a row has none; such a row counts as unsure as can be.
    """
    probability = inclusion_probabilities(proxy, count, floor)
    return Sample(systematic(probability, rng), probability)


def inclusion_probabilities(proxy: Array, count: int, floor: float = FLOOR) -> Array:
    """Return for each row its probability of being chosen; they add up to `count`.

    No probability is under ``floor · count / rows``.
    """
    if count >= proxy.size:
        return np.ones(proxy.size)
    known = np.clip(np.where(np.isnan(proxy), _UNKNOWN, proxy), 0.0, 1.0)
    unsure = np.sqrt(known * (1.0 - known))
    mean = float(unsure.mean())
    weight = floor + (1.0 - floor) * (unsure / mean if mean > _EXACT else np.ones(proxy.size))
    return proportional(weight, count)


def systematic(probability: Array, rng: np.random.Generator) -> Ints:
    """Draw rows with the given probabilities, as many as they add up to: systematic sampling in a random order."""
    order = rng.permutation(probability.size)
    reached = np.cumsum(probability[order])
    marks = np.floor(reached - rng.random() + _EXACT)
    taken = np.diff(marks, prepend=-1.0) > 0
    return np.sort(order[taken]).astype(np.int64)


def combined(earlier: Array, later: Array) -> Array:
    """Return the probability of having been chosen in either of two rounds, the second drawn from what was left."""
    both: Array = earlier + (1.0 - earlier) * later
    return both


def proportional(weight: Array, count: int) -> Array:
    """Return probabilities that add up to `count` and are proportional to `weight`, but for those capped at 1."""
    if count >= weight.size:
        return np.ones(weight.size)
    # Rows whose share would be above 1 are taken for sure; the rest divide what is left.
    certain = np.zeros(weight.size, dtype=bool)
    while True:
        left = count - int(certain.sum())
        share = np.where(certain, 1.0, left * weight / max(float(weight[~certain].sum()), _EXACT))
        above = (share > 1.0) & ~certain
        if not above.any():
            return np.minimum(share, 1.0)
        certain |= above
