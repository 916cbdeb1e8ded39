"""Split a change of mean quality into what people ask and how well it is answered (Kitagawa 1955)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """``delta == mix + within`` exactly; `contributions` (one per topic) add up to `within`, `mix_parts` to `mix`.

    A topic absent from one window can only contribute to the mix. `se_mix` treats topic means as known.
    """

    delta: float
    mix: float
    within: float
    contributions: Array
    mix_parts: Array
    se_mix: float


def kitagawa(reference: Array, current: Array, topics_reference: Ints, topics_current: Ints, count: int) -> Split:
    """Decompose ``mean(current) − mean(reference)`` over topics.

    MIX = Σ (w′ₖ − wₖ)(qₖ + q′ₖ)/2 and WITHIN = Σ (wₖ + w′ₖ)/2 · (q′ₖ − qₖ), with shares w and mean qualities q of topic
    k; symmetric, exact, no interaction term. A topic missing on one side takes the other side's mean, so that its whole
    contribution is mix. Shares are of scored records.
    """
    w, q = _shares_and_means(reference, topics_reference, count)
    v, p = _shares_and_means(current, topics_current, count)
    q, p = np.where(w > 0, q, p), np.where(v > 0, p, q)
    middle = (q + p) / 2
    mix_parts = (v - w) * (middle - middle @ w)  # shares add up to 1 on both sides: a constant may be taken off
    contributions = (w + v) / 2 * (p - q)
    variance = (
        float(w @ middle**2 - (w @ middle) ** 2) / reference.size
        + float(v @ middle**2 - (v @ middle) ** 2) / current.size
    )
    return Split(
        delta=float(current.mean() - reference.mean()),
        mix=float(mix_parts.sum()),
        within=float(contributions.sum()),
        contributions=contributions,
        mix_parts=mix_parts,
        se_mix=float(np.sqrt(max(variance, 0.0))),
    )


def _shares_and_means(values: Array, topics: Ints, count: int) -> tuple[Array, Array]:
    sizes: Array = np.bincount(topics, minlength=count).astype(np.float64)
    sums: Array = np.bincount(topics, weights=values, minlength=count).astype(np.float64)
    return sizes / values.size, np.divide(sums, sizes, out=np.zeros(count), where=sizes > 0)
