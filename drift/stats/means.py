"""Differences of means with honest intervals: unpaired within strata, paired, and with a proxy corrected by labels.

All differences are current − reference; `p_drop` is one-sided, for current being lower. Samples with NaN are refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drift.results import Estimate
from drift.stats.samples import refuse_nan

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

SMALL = 50
"""Below this many values on a side, p-values come from permutations rather than from Student's t."""

_FLIPS = 9_999
"""Sign flips or permutations of small samples, drawn as one matrix.

SciPy's permutation tests take 3 to 10 times as long."""

_PROXY_SHARE = 0.6
"""How much of a true drop a lexical proxy shows: 0.09 of 0.155 between two models of RAGTruth QA."""


@dataclass(frozen=True, slots=True)
class StratifiedDifference:
    """A within-stratum difference and how much the samples overlap: 1 = the same mix, 0 = nothing in common."""

    estimate: Estimate
    overlap: float


def difference(reference: Array, current: Array, confidence: float) -> Estimate:
    """Estimate the difference of two means by Welch's method, which does not assume equal variances."""
    refuse_nan(reference, current)
    delta = float(current.mean() - reference.mean())
    parts = [_variance(values) / values.size for values in (reference, current)]
    return _from_t(delta, math.sqrt(sum(parts)), _welch_df(parts, (reference.size, current.size)), confidence)


def within_strata(
    reference: Array, current: Array, strata_reference: Ints, strata_current: Ints, confidence: float
) -> StratifiedDifference:
    """Estimate the difference between records of the same stratum.

    Stratum k gets weight h_k = m_k n_k / (m_k + n_k), the weight that a regression with one dummy per stratum gives it,
    which has the smallest variance; strata without records on both sides weigh nothing. A change of the mix of strata
    alone has expectation 0 here. `overlap` = sum(h_k) / (m n / (m + n)).
    """
    refuse_nan(reference, current)
    count = int(max(strata_reference.max(), strata_current.max())) + 1
    m, n = (np.bincount(strata, minlength=count).astype(float) for strata in (strata_reference, strata_current))
    weight = np.divide(m * n, m + n, out=np.zeros(count), where=(m + n) > 0)
    if weight.sum() == 0:
        return StratifiedDifference(Estimate(math.nan, math.inf, -math.inf, math.inf, 1.0), 0.0)
    share = weight / weight.sum()
    means = [
        _stratum_means(values, strata, count)
        for values, strata in _pairs(reference, current, strata_reference, strata_current)
    ]
    residual = [
        _residual_variance(values, strata, count)
        for values, strata in _pairs(reference, current, strata_reference, strata_current)
    ]
    used = share > 0
    delta = float(np.sum(share[used] * (means[1][used] - means[0][used])))
    parts = [
        float(variance * np.sum(share[used] ** 2 / sizes[used]))
        for variance, sizes in zip(residual, (m, n), strict=True)
    ]
    df = _welch_df(parts, (reference.size - int(used.sum()) + 1, current.size - int(used.sum()) + 1))
    overlap = float(weight.sum() / (reference.size * current.size / (reference.size + current.size)))
    return StratifiedDifference(_from_t(delta, math.sqrt(sum(parts)), df, confidence), overlap)


def paired(reference: Array, current: Array, confidence: float, rng: np.random.Generator) -> Estimate:
    """Estimate the mean of current − reference over pairs; for few pairs the p-value comes from flipping signs."""
    refuse_nan(reference, current)
    change = current - reference
    estimate = _from_t(
        float(change.mean()), math.sqrt(_variance(change) / change.size), max(change.size - 1, 1), confidence
    )
    if change.size >= SMALL:
        return estimate
    flips = rng.choice((-1.0, 1.0), size=(_FLIPS, change.size)) @ change / change.size
    return _with_p(estimate, (1 + int(np.sum(flips <= estimate.delta + 1e-12))) / (1 + _FLIPS))


def permuted(reference: Array, current: Array, confidence: float, rng: np.random.Generator) -> Estimate:
    """Estimate a difference of means of small samples; p from permuting Welch's t, exact under no change at all."""
    estimate = difference(reference, current, confidence)
    pooled = np.concatenate([reference, current])
    order = np.argsort(rng.random((_FLIPS, pooled.size)), axis=1)
    shuffled = pooled[order]
    left, right = shuffled[:, : reference.size], shuffled[:, reference.size :]
    se = np.sqrt(_row_variance(left) / left.shape[1] + _row_variance(right) / right.shape[1])
    t = (right.mean(axis=1) - left.mean(axis=1)) / np.maximum(se, 1e-12)
    seen = estimate.delta / max(estimate.se, 1e-12)
    return _with_p(estimate, (1 + int(np.sum(t <= seen + 1e-9))) / (1 + _FLIPS))


@dataclass(frozen=True, slots=True)
class LabelledWindow:
    """One window for prediction-powered inference: the proxy on all records, and the labels of some of them.

    `chosen` indexes `proxy` for each label; `weights` are 1/probability of having been chosen for a label, up to a
    constant (all 1 for a plain random sample).
    """

    proxy: Array
    chosen: Ints
    labels: Array
    weights: Array


@dataclass(frozen=True, slots=True)
class LabelledDifference:
    """The label-corrected difference `estimate`, and the `test` that decides, from proxy and labels together.

    `effective` is the size of a plain sample of labels that would say as much, by window.
    """

    estimate: Estimate
    reference: float
    current: float
    slope: float
    correlation: float
    test: Estimate
    effective: tuple[float, float]


def prediction_powered(
    reference: LabelledWindow, current: LabelledWindow, proxy: Estimate, confidence: float
) -> LabelledDifference:
    """Estimate the difference of mean labels with help of a proxy known on every record (PPI++).

    theta = mean(label) + slope · (mean of proxy on all − mean of proxy on labelled), with one slope for both windows,
    so that a bias of the proxy that both share cancels. Angelopoulos, Duchi and Zrnic 2023, arXiv:2311.01453. The
    estimate is unbiased whatever the proxy does; the alert test is not this estimate (see `_joint`).
    """
    slope, correlation = _pooled_slope(reference, current)
    shrunk = [slope / (1.0 + window.labels.size / window.proxy.size) for window in (reference, current)]
    lam = float(np.mean(shrunk))
    (theta_r, var_r, n_r), (theta_c, var_c, n_c) = (_ppi_mean(window, lam) for window in (reference, current))
    estimate = _from_t(theta_c - theta_r, math.sqrt(var_r + var_c), _welch_df([var_r, var_c], (n_r, n_c)), confidence)
    test = _joint(reference, current, proxy, slope, confidence)
    effective = (_effective(reference, var_r), _effective(current, var_c))
    return LabelledDifference(estimate, theta_r, theta_c, slope, correlation, test, effective)


def shifted(estimate: Estimate, by: float) -> Estimate:
    """Return an estimate with a known amount added."""
    from scipy.stats import norm

    if by == 0 or not 0 < estimate.se < math.inf:
        return estimate
    delta = estimate.delta + by
    return Estimate(delta, estimate.se, estimate.low + by, estimate.high + by, float(norm.cdf(delta / estimate.se)))


def from_error(delta: float, se: float, confidence: float) -> Estimate:
    """Return an estimate from a difference and its standard error over many records (normal interval)."""
    return _from_t(delta, se, math.inf, confidence)


def with_error(estimate: Estimate, se: float, confidence: float) -> Estimate:
    """Return an estimate with another standard error."""
    return estimate if se == estimate.se else from_error(estimate.delta, se, confidence)


def detectable(se: float, alpha: float, power: float) -> float:
    """Return the drop that a one-sided test at `alpha` finds with probability `power`: (z(1−alpha) + z(power)) · se."""
    from scipy.stats import norm

    return float((norm.ppf(1 - alpha) + norm.ppf(power)) * se)


def visible(se: float, alpha: float, power: float, smallest: float) -> float:
    """Return the drop that alerts with probability `power` where one must be proven at `alpha` and reach `smallest`.

    A true drop of just `smallest` is measured as less in half of all cases: it takes z(power) · se more.
    """
    from scipy.stats import norm

    return max(detectable(se, alpha, power), smallest + float(norm.ppf(power)) * se)


def mean_interval(values: Array, confidence: float) -> tuple[float, float]:
    """Return Student's interval for a mean; the whole line for fewer than two values."""
    if values.size < 2:
        return -math.inf, math.inf
    estimate = _from_t(float(values.mean()), math.sqrt(_variance(values) / values.size), values.size - 1, confidence)
    return estimate.low, estimate.high


def _joint(
    reference: LabelledWindow, current: LabelledWindow, proxy: Estimate, slope: float, confidence: float
) -> Estimate:
    # Under "nothing changed" the proxy difference and the difference of label residuals both have mean 0 and are
    # uncorrelated, so any fixed mix of them is a valid test. The mix is the best one for a drop of which the proxy
    # shows `_PROXY_SHARE`: with few labels the proxy leads, with many the labels do.
    from scipy.stats import norm

    residuals = [window.labels - slope * window.proxy[window.chosen] for window in (reference, current)]
    rest = difference(residuals[0], residuals[1], confidence)
    if slope <= 0 or not 0 < proxy.se < math.inf or rest.se == 0:
        return rest
    weights = np.array([_PROXY_SHARE / (slope * proxy.se), (1 - _PROXY_SHARE) / rest.se])
    z = np.array([norm.ppf(np.clip(p, 1e-12, 1 - 1e-12)) for p in (proxy.p_drop, rest.p_drop)])
    size = float(np.sqrt(np.sum(weights**2)))
    delta, se = float(weights @ z) / size**2, 1.0 / size
    half = float(norm.ppf(0.5 + confidence / 2)) * se
    return Estimate(delta, se, delta - half, delta + half, float(norm.cdf(delta / se)))


def _ppi_mean(window: LabelledWindow, lam: float) -> tuple[float, float, int]:
    f = window.proxy[window.chosen]
    share = window.weights / window.weights.sum()
    rest = window.labels - lam * f
    theta = float(share @ rest + lam * window.proxy.mean())
    n = window.labels.size
    variance = float(np.sum(share**2 * (rest - share @ rest) ** 2) * n / max(n - 1, 1))
    return theta, variance + lam**2 * _variance(window.proxy) / window.proxy.size, n


def _effective(window: LabelledWindow, variance: float) -> float:
    """Return the size of a plain random sample of labels, without a proxy, whose mean is as certain."""
    return _variance(window.labels) / variance if variance > 0 else float(window.labels.size)


def _pooled_slope(reference: LabelledWindow, current: LabelledWindow) -> tuple[float, float]:
    sums = np.zeros(3)
    for window in (reference, current):
        f, y = window.proxy[window.chosen], window.labels
        f, y = f - f.mean(), y - y.mean()
        sums += (f @ f, f @ y, y @ y)
    if sums[0] <= 0 or sums[2] <= 0:
        return 0.0, 0.0
    return float(sums[1] / sums[0]), float(sums[1] / math.sqrt(sums[0] * sums[2]))


def _from_t(delta: float, se: float, df: float, confidence: float) -> Estimate:
    from scipy.stats import t

    if se == 0:
        return Estimate(delta, 0.0, delta, delta, 1.0 if delta >= 0 else 0.0)
    half = float(t.ppf(0.5 + confidence / 2, df)) * se
    return Estimate(delta, se, delta - half, delta + half, float(t.cdf(delta / se, df)))


def _with_p(estimate: Estimate, p_drop: float) -> Estimate:
    return Estimate(estimate.delta, estimate.se, estimate.low, estimate.high, p_drop)


def _welch_df(parts: list[float], sizes: tuple[int, int]) -> float:
    total = sum(parts)
    if total == 0:
        return 1.0
    return 1.0 / sum((part / total) ** 2 / max(size - 1, 1) for part, size in zip(parts, sizes, strict=True))


def _variance(values: Array) -> float:
    return float(values.var(ddof=1)) if values.size > 1 else 0.0


def _row_variance(rows: Array) -> Array:
    spread: Array = rows.var(axis=1, ddof=1)
    return spread


def _pairs(
    reference: Array, current: Array, strata_r: Ints, strata_c: Ints
) -> tuple[tuple[Array, Ints], tuple[Array, Ints]]:
    return (reference, strata_r), (current, strata_c)


def _stratum_means(values: Array, strata: Ints, count: int) -> Array:
    sizes = np.bincount(strata, minlength=count)
    sums = np.bincount(strata, weights=values, minlength=count)
    return np.divide(sums, sizes, out=np.zeros(count), where=sizes > 0)


def _residual_variance(values: Array, strata: Ints, count: int) -> float:
    occupied = np.unique(strata).size
    if values.size <= occupied:
        return _variance(values)
    rest = values - _stratum_means(values, strata, count)[strata]
    return float(rest @ rest / (values.size - occupied))
