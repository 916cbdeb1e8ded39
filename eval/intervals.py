"""Error bars for means of a few dozen to a few thousand cases."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 4000
EXACT_UP_TO = 12
_BATCH = 500
POWER = 0.8
MOST_CASES = 1_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its confidence limits and the number of values it rests on."""

    mean: float
    low: float
    high: float
    count: int


def share_interval(values: Sequence[float], confidence: float = 0.95, seed: int = 0) -> Interval | None:
    """Return the mean of values in [0, 1] with a confidence interval; None for no values.

    Two-valued or constant samples get Wilson's score interval, which stays honest when every case passes (49 of 49 does
    not mean 100 %); others a percentile bootstrap widened for small samples (Hesterberg 2015, section 5.3).
    """
    if not len(values):
        return None
    sample = np.asarray(values, float)
    if len(set(values)) == 1 or set(values) <= {0.0, 1.0}:
        low, high = _wilson(sample, confidence)
    else:
        low, high = _bootstrap(sample, confidence, seed)
    return Interval(float(sample.mean()), max(0.0, low), min(1.0, high), len(sample))


def mean_interval(values: Sequence[float], confidence: float = 0.95, seed: int = 0) -> Interval | None:
    """Return the mean of values on any scale (milliseconds, tokens) with a bootstrap interval; None for no values."""
    if not len(values):
        return None
    sample = np.asarray(values, float)
    low, high = _bootstrap(sample, confidence, seed)
    return Interval(float(sample.mean()), low, high, len(sample))


def difference_interval(differences: Sequence[float], confidence: float = 0.95) -> Interval:
    """Return the mean of paired differences of shares, each in [-1, 1], with a confidence interval.

    A t interval after adding one pair that got worse and one that got better (Bonett and Price 2012; equal to theirs
    for two-valued metrics but for t in place of z). Without those two, 30 unchanged cases would claim a certainty that
    30 cases cannot give. Where answers change by less than everything, so do the two pairs (`_typical_square`), or the
    interval would be too wide; but it is never narrower than for as many cases that did not change at all.
    """
    sample = np.asarray(differences, float)
    low, high = _paired(float(sample.sum()), float(np.square(sample).sum()), len(sample), sample, confidence)
    mean = float(np.mean(differences)) if len(differences) else 0.0
    return Interval(mean, max(-1.0, low), min(1.0, high), len(differences))


def cases_needed(differences: Sequence[float], margin: float, confidence: float) -> int | None:
    """Return how many cases that change as these do would rule a drop of `margin` out; None if more never would."""
    sample = np.asarray(differences, float)
    mean, square = (float(sample.mean()), float(np.square(sample).mean())) if len(sample) else (0.0, 0.0)

    def rules_out(count: int) -> bool:
        return _paired(mean * count, square * count, count, sample, confidence)[0] > -margin

    most = 1
    while not rules_out(most):
        most *= 2
        if most > MOST_CASES:
            return None
    return bisect_left(range(most + 1), True, lo=most // 2, key=rules_out)


def _paired(total: float, squares: float, count: int, sample: Floats, confidence: float) -> tuple[float, float]:
    """Return the limits of `difference_interval` for so many differences with this sum and sum of squares."""
    padded = count + 2
    centre = total / padded
    squares += 2.0 * _typical_square(sample)
    variance = max(squares - padded * centre * centre, 2.0) / (padded - 1)
    half = two_sided_quantile(confidence, padded - 1) * math.sqrt(variance / padded)
    return centre - half, centre + half


def _typical_square(differences: Floats) -> float:
    """Return the mean square of the changes, each weighted by its own square; 1 without any.

    1, too, where every change is one from right to wrong or back. Many tiny changes do not hide a few large ones.
    """
    squares = np.square(differences)
    return float(np.square(squares).sum() / squares.sum()) if squares.any() else 1.0


def drop_p_value(differences: Sequence[float], seed: int = 0, rounds: int = 9999) -> float:
    """Return the one-sided p-value of "the mean dropped" by flipping the signs of the paired differences.

    Exact for up to 12 changed pairs, otherwise from `rounds` random flips with the observed one counted in (Phipson and
    Smyth 2010), so it is never 0. Without any change it is 1.
    """
    # One matrix product for all flips; SciPy's permutation test takes ten times as long and refuses a single pair.
    changed = np.asarray([value for value in differences if value != 0.0], float)
    observed = float(changed.sum())
    if not len(changed):
        return 1.0
    if len(changed) <= EXACT_UP_TO:
        signs = np.array(list(product((-1.0, 1.0), repeat=len(changed))))
        return float(np.mean(signs @ np.abs(changed) <= observed + 1e-12))
    rng = np.random.default_rng(seed)
    lower = 0
    for _ in range(-(-rounds // 1000)):
        flips = rng.integers(0, 2, (1000, len(changed))) * 2.0 - 1.0
        lower += int(np.sum(flips @ np.abs(changed) <= observed + 1e-12))
    return (lower + 1) / (1000 * -(-rounds // 1000) + 1)


def minimum_detectable_drop(differences: Sequence[float], alpha: float, power: float = POWER) -> float:
    """Return the smallest drop of the mean that these pairs would call a regression with the given power.

    Solves ``d = (z_alpha + z_power)·sqrt((m + d - d²) / n)``, plus 1/n for the steps of whole cases, where m is the
    mean squared difference seen (with the two added pairs of `difference_interval`): on top of the pairs that change
    anyway, a drop d is taken as a share d of cases falling from 1 to 0. At most 1, which says "nothing smaller than
    everything".
    """
    count = len(differences) + 2
    changing = (float(np.square(differences).sum()) + 2.0) / count
    reach = (NormalDist().inv_cdf(1 - alpha) + NormalDist().inv_cdf(power)) / math.sqrt(count)
    drop = 0.0
    for _ in range(200):
        drop = min(1.0, reach * math.sqrt(changing + drop - drop * drop))
    return min(1.0, drop + 1 / count)


def _wilson(sample: Floats, confidence: float) -> tuple[float, float]:
    # A constant sample of shares lies between two counts: the outer limits of both hold it.
    from scipy.stats import binomtest

    right = round(float(sample.sum()), 9)
    fewer, more = (
        binomtest(count, len(sample)).proportion_ci(confidence, method="wilson")
        for count in (math.floor(right), math.ceil(right))
    )
    return float(fewer.low), float(more.high)


def _bootstrap(sample: Floats, confidence: float, seed: int) -> tuple[float, float]:
    from scipy.stats import bootstrap

    count = len(sample)
    if count == 1:
        return float(sample[0]), float(sample[0])
    widened = math.sqrt(count / (count - 1)) * two_sided_quantile(confidence, count - 1)
    found = bootstrap(
        (sample,),
        np.mean,
        n_resamples=RESAMPLES,
        batch=_BATCH,
        confidence_level=1 - 2 * NormalDist().cdf(-widened),
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def two_sided_quantile(confidence: float, degrees: int) -> float:
    """Return how many standard errors a two-sided t interval reaches to each side."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + confidence / 2))
