"""Topics of a baseline that stay the same for as long as it is pinned, so that days can be told apart by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction
from drift.signals.topics import name_topics

Matrix = NDArray[np.float32]
Ints = NDArray[np.int64]

UNKNOWN = -1
_MAX_TOPICS = 20
_FIT_ROWS = 5_000
_BATCH = 2_000
_REDUCED = 32
_BUCKETS = 4_096
_FAR = 1.5
_MIN_USES = 3
_MIN_CARRIED = 0.9


@dataclass(frozen=True, slots=True)
class FrozenTopics:
    """Clusters of the questions of one baseline.

    Rows are stored question vectors of `embedder`, or hashed words where that is empty; they are projected by
    ``(row · scale) @ components`` and belong to the nearest of `centroids` within `radius`.
    """

    names: tuple[str, ...]
    embedder: str
    scale: Matrix
    components: Matrix
    centroids: Matrix
    radius: float

    def assign(self, items: Sequence[Interaction]) -> Ints:
        """Return the topic of each question; `UNKNOWN` for one unlike all of the baseline or of another embedder."""
        parts = [self._assign(items[start : start + _BATCH]) for start in range(0, len(items), _BATCH)]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def _assign(self, items: Sequence[Interaction]) -> Ints:
        found = np.full(len(items), UNKNOWN, dtype=np.int64)
        rows, matrix = _rows(items, self.embedder, len(self.scale))
        if not len(rows):
            return found
        reduced = (matrix * self.scale) @ self.components
        distances = _distances(reduced.astype(np.float32), self.centroids)
        nearest = distances.argmin(axis=1)
        close = distances[np.arange(len(rows)), nearest] <= self.radius**2
        found[rows] = np.where(close, nearest, UNKNOWN)
        return found


def freeze_topics(items: Sequence[Interaction], seed: int) -> FrozenTopics | None:
    """Cluster the questions of a baseline with k-means, k near sqrt(n/2) and at most 20; None for fewer than two."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD

    if len(items) < 2:
        return None
    embedder = _common_embedder(items)
    drawn = np.sort(np.random.default_rng(seed).permutation(len(items))[:_FIT_ROWS])
    items = [items[row] for row in drawn]
    rows, fitted = _rows(items, embedder, None)
    scale = np.ones(fitted.shape[1], dtype=np.float32) if embedder else _rarity(fitted)
    kept = max(1, min(_REDUCED, len(fitted) - 1, fitted.shape[1] - 1))
    with np.errstate(invalid="ignore", divide="ignore"):  # identical questions have no variance to explain
        components = TruncatedSVD(kept, n_iter=3, random_state=seed).fit(fitted * scale).components_.T
    components = np.ascontiguousarray(components, dtype=np.float32)
    reduced = (fitted * scale) @ components
    count = int(np.clip(round(np.sqrt(len(rows) / 2)), 1, _MAX_TOPICS))
    count = min(count, len(np.unique(reduced.round(5), axis=0)))
    centroids = KMeans(count, n_init=3, random_state=seed).fit(reduced).cluster_centers_.astype(np.float32)
    every = _distances(reduced, centroids)
    labels = every.argmin(axis=1)
    radius = _FAR * float(np.sqrt(np.quantile(every.min(axis=1), 0.999))) + 1e-6
    names = name_topics([(items[row].question, label) for row, label in zip(rows, labels, strict=True)], count)
    return FrozenTopics(names, embedder, scale, components, centroids, radius)


def _common_embedder(items: Sequence[Interaction]) -> str:
    carriers = Counter(item.fingerprint.embedder for item in items if item.question_vector)
    name, count = max(carriers.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
    return name if count >= _MIN_CARRIED * len(items) else ""


def _rows(items: Sequence[Interaction], embedder: str, width: int | None) -> tuple[Ints, Matrix]:
    if not embedder:
        return np.arange(len(items)), _hashed([item.question for item in items])
    rows = [row for row, item in enumerate(items) if item.question_vector and item.fingerprint.embedder == embedder]
    width = width or max((len(items[row].question_vector or b"") // 2 for row in rows), default=1)
    rows = [row for row in rows if len(items[row].question_vector or b"") == 2 * width]
    raw = b"".join(items[row].question_vector or b"" for row in rows)
    matrix = np.frombuffer(raw, "<f2").astype(np.float32).reshape(len(rows), width)
    good = np.isfinite(matrix).all(axis=1)
    return np.asarray(rows, dtype=np.int64)[good], matrix[good]


def _hashed(questions: Sequence[str]) -> Matrix:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, HashingVectorizer

    hasher = HashingVectorizer(n_features=_BUCKETS, alternate_sign=False, stop_words=sorted(ENGLISH_STOP_WORDS))
    rows: Matrix = hasher.transform(questions).toarray().astype(np.float32)
    return rows


def _rarity(rows: Matrix) -> Matrix:
    # A word of one or two questions (a number, a name) tells them apart, not their topics, and later questions have
    # others: what is left of those would all look alike.
    used = np.count_nonzero(rows, axis=0)
    weights: Matrix = np.where(used < _MIN_USES, 0.0, np.log((1 + len(rows)) / (1 + used)) + 0.1).astype(np.float32)
    return weights


def _distances(rows: Matrix, centres: Matrix) -> Matrix:
    squares = np.einsum("ij,ij->i", rows, rows)[:, None] + np.einsum("ij,ij->i", centres, centres)[None, :]
    distances: Matrix = np.maximum(squares - 2 * rows @ centres.T, np.float32(0))
    return distances


def median_distance(items: Sequence[Interaction], embedder: str) -> float:
    """Return the median distance of stored question vectors, the usual bandwidth of a kernel; 1 without any."""
    rows, matrix = _rows(items, embedder, None) if embedder else (np.empty(0), np.zeros((0, 1), np.float32))
    if len(rows) < 2:
        return 1.0
    sample = matrix[np.linspace(0, len(matrix) - 1, min(len(matrix), 500), dtype=int)]
    distances = np.sqrt(_distances(sample, sample)[np.triu_indices(len(sample), 1)])
    return float(np.median(distances)) or 1.0
