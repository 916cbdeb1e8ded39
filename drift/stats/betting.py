"""Evidence that may be looked at every day: betting against "quality is still at least what it was".

An e-process grows only by luck while nothing changes. The chance that it EVER exceeds 1/a is at most a, however often
one looks (Ville). Waudby-Smith and Ramdas 2023, "Estimating means of bounded random variables by betting".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STAKES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7)
"""Shares of the largest safe bet; an average over them needs no guess of how large the drop will be."""


def drop_e_process(values: Array, floor: float) -> Array:
    """Return the running evidence that the mean of `values` (in [0, 1], in order of time) lies below `floor`.

    Element t is the e-value after t + 1 values: the mean over stakes λ of Π (1 + λ (floor − xᵢ)), λ < 1/(1 − floor).
    """
    if floor <= 0 or not values.size:
        return np.ones(values.size)
    stakes = np.array(STAKES) / max(1.0 - floor, 1e-3)
    logs = np.cumsum(np.log1p(stakes[:, None] * np.maximum(floor - values[None, :], -(1 - 1e-3))), axis=1)
    wealth: Array = np.exp(np.minimum(logs, 700.0)).mean(axis=0)
    return wealth
