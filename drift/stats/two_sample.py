"""Two-sample tests: has a plane moved at all? Each returns an effect size next to its p-value.

All are swap-symmetric up to the sign of the effect and to what chance draws, deterministic for a seed, and refuse NaN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drift.stats.samples import refuse_nan

Matrix = NDArray[np.float32]
Array = NDArray[np.float64]

_FEATURES = 256
_BANDWIDTHS = (0.5, 1.0, 2.0)
_MEDIAN_SAMPLE = 500
_CLASSIFIER_SAMPLE = 2_000
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Shift:
    """An effect size and the evidence for it."""

    effect: float
    p_value: float


def sampled(rows: Matrix, most: int, rng: np.random.Generator) -> Matrix:
    """Return all rows, or `most` of them at random where there are more."""
    return rows if len(rows) <= most else rows[rng.permutation(len(rows))[:most]]


def vector_shift(reference: Matrix, current: Matrix, permutations: int, seed: int) -> Shift:
    """Test whether two sets of vectors differ in distribution, by permuting records.

    The statistic is the largest of four standardised squared distances of means: of the vectors themselves (a moved
    centre) and of random Fourier features (Rahimi and Recht 2007) of Gaussian kernels with half, one and two times the
    median distance (any difference; MMD, and as in MMDAgg, Schrab et al. 2023, several bandwidths in one test). The
    effect is that statistic: null standard deviations above the null mean.
    """
    refuse_nan(reference, current)
    pooled = np.concatenate([reference, current])
    blocks = [pooled, *(_fourier(pooled, scale, seed) for scale in _BANDWIDTHS)]
    features = np.concatenate(blocks, axis=1)
    features -= features.mean(axis=0)
    return _permuted(features, len(reference), permutations, seed, tuple(block.shape[1] for block in blocks))


def classifier_auc(reference: Matrix, current: Matrix, seed: int) -> Shift:
    """Train a classifier to tell the windows apart and return its out-of-fold AUC − 0.5 as effect.

    Logistic regression on 64 principal components, 5 folds, at most 2,000 records a side. The p-value is the
    Mann–Whitney test of the out-of-fold scores, one-sided; it is a description beside the permutation tests, not a
    alert.
    """
    from scipy.stats import mannwhitneyu
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    refuse_nan(reference, current)
    rng = np.random.default_rng(seed)
    sides = [rows[rng.permutation(len(rows))[:_CLASSIFIER_SAMPLE]] for rows in (reference, current)]
    rows, truth = np.concatenate(sides), np.repeat([0, 1], [len(side) for side in sides])
    if min(len(side) for side in sides) < 10 or not np.ptp(rows, axis=0).any():
        return Shift(0.0, 1.0)
    kept = min(64, rows.shape[1], len(rows) - 1)
    solver = "covariance_eigh" if len(rows) > rows.shape[1] else "randomized"
    reduced = PCA(kept, svd_solver=solver, random_state=seed).fit_transform(rows)
    reduced /= reduced.std() or 1.0
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    model = LogisticRegression(C=0.1, class_weight="balanced", max_iter=200)
    scores = cross_val_predict(model, reduced, truth, cv=folds, method="decision_function")
    test = mannwhitneyu(scores[truth == 1], scores[truth == 0], alternative="greater")
    auc = test.statistic / (len(sides[0]) * len(sides[1]))
    return Shift(float(auc) - 0.5, float(test.pvalue))


def category_shift(reference: Sequence[str], current: Sequence[str], permutations: int, seed: int) -> Shift:
    """Test whether names occur in other proportions: permutation of the G statistic; the effect is total variation."""
    names = sorted(set(reference) | set(current))
    if len(names) < 2:
        return Shift(0.0, 1.0)
    left, right = (np.array([Counter(side)[name] for name in names], dtype=float) for side in (reference, current))
    variation = 0.5 * float(np.abs(left / left.sum() - right / right.sum()).sum())
    rng = np.random.default_rng(seed)
    drawn = rng.multivariate_hypergeometric((left + right).astype(int), len(reference), size=permutations)
    null = _g_statistic(drawn.astype(float), left + right)
    seen = _g_statistic(left[None, :], left + right)[0]
    return Shift(variation, float((1 + np.sum(null >= seen - 1e-9)) / (1 + permutations)))


def value_shift(reference: Array, current: Array) -> Shift:
    """Test whether a number moved: Mann–Whitney on ranks; the effect is Cohen's d."""
    from scipy.stats import mannwhitneyu

    refuse_nan(reference, current)
    spread = float(np.sqrt((reference.var() + current.var()) / 2))
    delta = float(current.mean() - reference.mean())
    if spread == 0:
        return Shift(0.0, 1.0) if delta == 0 else Shift(np.inf if delta > 0 else -np.inf, 0.0)
    return Shift(delta / spread, float(mannwhitneyu(reference, current, method="asymptotic").pvalue))


def _fourier(rows: Matrix, scale: float, seed: int) -> Matrix:
    rng = np.random.default_rng(seed)
    sample = rows[rng.permutation(len(rows))[:_MEDIAN_SAMPLE]]
    median = float(np.sqrt(np.median(_squared_distances(sample)[np.triu_indices(len(sample), 1)]))) or 1.0
    weights = rng.standard_normal((rows.shape[1], _FEATURES // 2)).astype(np.float32) / (scale * median)
    angles = rows @ weights
    features = np.concatenate([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    return features / np.float32(np.sqrt(_FEATURES // 2))


def _squared_distances(rows: Matrix) -> Matrix:
    norms = np.einsum("ij,ij->i", rows, rows)
    distances: Matrix = np.maximum(norms[:, None] + norms[None, :] - 2 * rows @ rows.T, np.float32(0))
    return distances


def _permuted(centred: Matrix, m: int, permutations: int, seed: int, widths: tuple[int, ...]) -> Shift:
    # With centred rows the sum over one side decides the distance of both means, so one product per batch is enough.
    rng = np.random.default_rng(seed + 1)
    total = len(centred)
    blocks: list[Array] = [_distances(centred[:m].sum(axis=0)[None, :], widths)]
    for start in range(0, permutations, _BATCH):
        rows = min(_BATCH, permutations - start)
        order = np.argpartition(rng.random((rows, total), dtype=np.float32), m - 1, axis=1)
        signs = np.zeros((rows, total), dtype=np.float32)
        np.put_along_axis(signs, order[:, :m], 1.0, axis=1)
        blocks.append(_distances(signs @ centred, widths))
    every = np.concatenate(blocks)
    spread = every.std(axis=0)
    standard = (every - every.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    statistic = standard.max(axis=1)
    return Shift(float(statistic[0]), float(np.mean(statistic >= statistic[0] - 1e-6)))


def _distances(sums: Matrix | Array, widths: tuple[int, ...]) -> Array:
    edges = np.cumsum((0, *widths))
    parts = [
        np.sum(sums[:, low:high].astype(float) ** 2, axis=1) for low, high in zip(edges[:-1], edges[1:], strict=True)
    ]
    return np.stack(parts, axis=1)


def _g_statistic(side: Array, pooled: Array) -> Array:
    from scipy.special import rel_entr

    # The other side is pooled − side; expected counts are proportional to pooled.
    share = side.sum(axis=1, keepdims=True) / pooled.sum()
    entropy = rel_entr(side, pooled * share) + rel_entr(pooled - side, pooled * (1 - share))
    statistic: Array = 2 * entropy.sum(axis=1)
    return statistic
