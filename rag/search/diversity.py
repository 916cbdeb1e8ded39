"""Maximal marginal relevance: passages that answer, and do not all say the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def diversify(scores: Sequence[float], vectors: NDArray[np.float32], k: int, diversity: float) -> list[int]:
    """Return the places of `k` passages, each chosen as the best of those left when likeness to the chosen counts.

    ``(1 - diversity) * relevance - diversity * (largest cosine with a passage already chosen)``, where relevance is the
    score brought to 0..1. At 0 the order is that of the scores; at 1 only the first choice is by score. `vectors` are
    unit vectors of shape (passages, dimensions). Carbonell and Goldstein, SIGIR 1998.
    """
    relevance = _brought_to_unit(np.asarray(scores, np.float64))
    left = list(np.argsort(-relevance, kind="stable"))
    chosen: list[int] = []
    likeness = np.full(len(relevance), -1.0)
    while left and len(chosen) < k:
        gain = relevance if not chosen else (1 - diversity) * relevance - diversity * likeness
        best = max(left, key=lambda place: gain[place])
        left.remove(best)
        chosen.append(int(best))
        likeness = np.maximum(likeness, vectors @ vectors[best])
    return chosen


def _brought_to_unit(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(scores):
        return scores
    span = float(scores.max() - scores.min())
    return (scores - scores.min()) / span if span else np.ones_like(scores)
