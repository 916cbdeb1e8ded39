"""What a baseline promises: the least mean quality of each topic, as far as the baseline itself is sure of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

_MIN_TOPIC = 5


@dataclass(frozen=True, slots=True)
class Floor:
    """Mean quality by topic and its uncertainty.

    `means[k]` and `sizes[k]` are of the records that stand for topic k (all small topics stand for each other),
    `variance` is that of scores within topics, `level` the mean of all.
    """

    means: Array
    sizes: Array
    variance: float
    z: float
    least_drop: float
    level: float

    def of(self, topics: Ints) -> Array:
        """Return the floor of each record of a day: its topic's mean less one margin for all of them.

        The margin is `z` standard errors of what the baseline would have scored on this very mix of topics, so that
        a day of harder questions is held against a baseline of harder questions; never under `least_drop`. What a
        harder mix costs is allowed a second time, for what topics do not tell apart (see `drift.quality.contrast`).
        """
        if not topics.size:
            return np.empty(0)
        share = np.bincount(topics, minlength=self.means.size) / topics.size
        error = float(np.sqrt(self.variance * np.sum(share**2 / self.sizes)))
        harder = max(self.level - float(share @ self.means), 0.0)
        floors: Array = np.clip(self.means[topics] - harder - max(self.z * error, self.least_drop), 0.0, 1.0)
        return floors


def fit_floor(values: Array, topics: Ints, count: int, confidence: float, least_drop: float) -> Floor:
    """Take the floor from the scores of a baseline, in [0, 1], with the topic (0 … count − 1) of each."""
    sizes = np.bincount(topics, minlength=count).astype(float)
    small = sizes < _MIN_TOPIC
    merged = np.where(small, count, np.arange(count))[topics]  # one more topic, for all that are too small
    sizes = np.bincount(merged, minlength=count + 1).astype(float)
    sums = np.bincount(merged, weights=values, minlength=count + 1)
    means = np.divide(sums, sizes, out=np.full(count + 1, float(values.mean())), where=sizes > 0)
    rest = values - means[merged]
    variance = float(rest @ rest / max(values.size - np.unique(merged).size, 1))
    place = np.where(small, count, np.arange(count))
    z, level = quantile(confidence), float(values.mean())
    return Floor(means[place], np.maximum(sizes[place], 1.0), variance, z, least_drop, level)


def quantile(confidence: float) -> float:
    """Return how many standard errors a two-sided interval of this confidence reaches to each side."""
    from scipy.stats import norm

    return float(norm.ppf(0.5 + confidence / 2))
