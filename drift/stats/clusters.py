"""Errors of a mean when records are not independent: the same question, user or session asks more than once.

Records of one cluster err together. The variance of a weighted mean is then the sum over clusters of the squared sums
of weighted residuals. For G clusters it has the factor G / (G − 1) (Liang and Zeger 1986, "Longitudinal data analysis
using generalized linear models"). The effective number of records is the number divided by the ratio of this variance
to that of independent records (Kish's design effect).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drift.results import Estimate

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ClusteredSample:
    """Values of one window with the stratum of each, and its cluster in each way of clustering (numbers from 0)."""

    values: Array
    strata: Ints
    clusters: tuple[Ints, ...] = ()


@dataclass(frozen=True, slots=True)
class ClusteredEstimate:
    """An estimate whose error allows for clusters, and how many independent records each window is worth."""

    estimate: Estimate
    effective: tuple[float, float]


def clustered(
    estimate: Estimate, reference: ClusteredSample, current: ClusteredSample, confidence: float
) -> ClusteredEstimate:
    """Widen a difference of means within strata by what clusters cost; it is never made narrower.

    The way of clustering that costs most counts in each window. Student's t has as many degrees of freedom as the
    window with fewer clusters leaves, so that a handful of popular questions proves little.
    """
    from scipy.stats import t

    weights = _weights(reference, current)
    costs = [_cost(sample, weight) for sample, weight in zip((reference, current), weights, strict=True)]
    effective = (reference.values.size / costs[0].effect, current.values.size / costs[1].effect)
    if not 0 < estimate.se < math.inf or max(cost.effect for cost in costs) <= 1.0:
        return ClusteredEstimate(estimate, effective)
    alone = sum(cost.variance for cost in costs)
    together = sum(cost.variance * cost.effect for cost in costs)
    se = estimate.se * math.sqrt(together / alone) if alone > 0 else estimate.se
    df = max(min(cost.clusters for cost in costs) - 1, 1)
    half = float(t.ppf(0.5 + confidence / 2, df)) * se
    p_drop = float(t.cdf(estimate.delta / se, df))
    widened = Estimate(estimate.delta, se, estimate.delta - half, estimate.delta + half, p_drop)
    return ClusteredEstimate(widened, effective)


@dataclass(frozen=True, slots=True)
class _Cost:
    """Variance of independent records, how many times as large it is with clusters, and how many clusters there are."""

    variance: float
    effect: float
    clusters: int


def _weights(reference: ClusteredSample, current: ClusteredSample) -> tuple[Array, Array]:
    """Return the weight of each record in a difference within strata; see `drift.stats.means.within_strata`."""
    count = int(max(reference.strata.max(initial=0), current.strata.max(initial=0))) + 1
    m, n = (np.bincount(sample.strata, minlength=count).astype(float) for sample in (reference, current))
    share = np.divide(m * n, m + n, out=np.zeros(count), where=(m + n) > 0)
    share = share / share.sum() if share.sum() > 0 else share
    per_record = [np.divide(share, sizes, out=np.zeros(count), where=sizes > 0) for sizes in (m, n)]
    return per_record[0][reference.strata], per_record[1][current.strata]


def _cost(sample: ClusteredSample, weights: Array) -> _Cost:
    parts = weights * (sample.values - _means(sample))
    variance = float(parts @ parts) * _spare(sample.values.size)
    if variance == 0:
        return _Cost(0.0, 1.0, sample.values.size)
    worst = _Cost(variance, 1.0, sample.values.size)
    for labels in sample.clusters:
        sums = np.bincount(labels, weights=parts)
        groups = int(np.unique(labels).size)
        effect = float(sums @ sums) * _spare(groups) / variance
        if groups > 1 and effect > worst.effect:
            worst = _Cost(variance, effect, groups)
    return worst


def _means(sample: ClusteredSample) -> Array:
    sizes = np.bincount(sample.strata)
    sums = np.bincount(sample.strata, weights=sample.values)
    means: Array = np.divide(sums, sizes, out=np.zeros(sizes.size), where=sizes > 0)[sample.strata]
    return means


def _spare(count: int) -> float:
    return count / (count - 1) if count > 1 else 1.0


def numbered(names: Sequence[str]) -> Ints:
    """Number names from 0 in order of appearance; an empty name stands for itself alone."""
    known: dict[str, int] = {}
    return np.array(
        [known.setdefault(name or f"\0{place}", len(known)) for place, name in enumerate(names)], dtype=np.int64
    )
