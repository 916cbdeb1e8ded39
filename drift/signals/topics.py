"""Topics: clusters of the questions of both windows, with names people can read.

Clusters are fitted on both windows together. Fitted on one of them they would describe that one better, and the mix of
topics would seem to have moved when nothing did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import is_stand_in
from drift.signals.catalog import words

_MAX_TOPICS = 20
_FIT_ROWS = 5_000
_REDUCED = 32
_NAME_WORDS = 3
_NEW = 0.005


@dataclass(frozen=True, slots=True)
class Topics:
    """Topic numbers of the questions of both windows; a name reads "new: …" where the reference had next to none."""

    names: tuple[str, ...]
    reference: NDArray[np.int64]
    current: NDArray[np.int64]


def fit_topics(
    reference: NDArray[np.float32],
    current: NDArray[np.float32],
    questions: tuple[Sequence[str], Sequence[str]],
    seed: int,
) -> Topics:
    """Cluster question vectors with k-means on 32 principal components, k near sqrt(m/2) and at most 20."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA

    pooled = np.concatenate([reference, current])
    rng = np.random.default_rng(seed)
    fitted = pooled[np.sort(rng.permutation(len(pooled))[:_FIT_ROWS])]
    kept = min(_REDUCED, fitted.shape[1], len(fitted) - 1)
    if kept >= 2:
        solver = "covariance_eigh" if len(fitted) > fitted.shape[1] else "randomized"
        with np.errstate(invalid="ignore", divide="ignore"):  # identical questions have no variance to explain
            reducer = PCA(kept, svd_solver=solver, random_state=seed).fit(fitted)
        pooled, fitted = reducer.transform(pooled), reducer.transform(fitted)
    count = int(np.clip(round(np.sqrt(min(len(reference), len(current)) / 2)), 1, _MAX_TOPICS))
    count = min(count, len(np.unique(fitted.round(6), axis=0)))
    labels = KMeans(count, n_init=3, random_state=seed).fit(fitted).predict(pooled).astype(np.int64)
    left, right = labels[: len(reference)], labels[len(reference) :]
    names = name_topics([*zip(questions[0], left, strict=True), *zip(questions[1], right, strict=True)], count)
    return Topics(_marked_new(names, left, right), left, right)


def _marked_new(names: tuple[str, ...], left: NDArray[np.int64], right: NDArray[np.int64]) -> tuple[str, ...]:
    before, after = (np.bincount(side, minlength=len(names)) / max(side.size, 1) for side in (left, right))
    new = (before <= _NEW) & (after >= 4 * _NEW)
    return tuple(f"new: {name}" if is_new else name for name, is_new in zip(names, new, strict=True))


def name_topics(texts: Sequence[tuple[str, np.int64]], count: int) -> tuple[str, ...]:
    """Name each of `count` topics by the words that set its questions apart; deleted questions have none."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    texts = [(question, topic) for question, topic in texts if not is_stand_in(question)]
    spoken = [Counter[str]() for _ in range(count)]
    for question, topic in texts:
        spoken[int(topic)].update(
            {word for word in words(question) if len(word) > 3 and word not in ENGLISH_STOP_WORDS}
        )
    everywhere: Counter[str] = sum(spoken, Counter())
    sizes = Counter(int(topic) for _, topic in texts)
    names: list[str] = []
    for number, counts in enumerate(spoken):
        ranked = sorted(
            counts, key=lambda word: (-_distinct(word, counts, everywhere, sizes[number], len(texts)), word)
        )
        names.append(", ".join(ranked[:_NAME_WORDS]) or f"topic {number + 1}")
    return tuple(name if names.count(name) == 1 else f"{name} #{number}" for number, name in enumerate(names, start=1))


def _distinct(word: str, inside: Counter[str], everywhere: Counter[str], size: int, total: int) -> float:
    # How many more of the topic's questions use the word than questions at large do, and whether it is used often at
    # all.
    return float(inside[word] / max(size, 1) - everywhere[word] / total) * float(np.log1p(inside[word]))
