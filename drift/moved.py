"""How much of the traffic asks something else now, by the vectors of the questions alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drift import detect
from drift.settings import DriftSettings

_SURE = 0.001
_MIN_ROWS = 50
_MAX_ROWS = 2_000


def moved_share(reference: NDArray[np.float32], current: NDArray[np.float32], settings: DriftSettings) -> float:
    """Return how large a share of questions may be of another kind, as far as a classifier sees; 0 where in doubt.

    Beyond doubt is a permutation test of the question vectors at 0.1 %. A classifier that tells the windows apart with
    an area under its (concave) curve of A separates a share of 2A − 1 at most.
    """
    rng = np.random.default_rng(settings.seed)
    left, right = (detect.sampled(rows, _MAX_ROWS, rng) for rows in (reference, current))
    if min(len(left), len(right)) < _MIN_ROWS:
        return 0.0
    if detect.vector_shift(left, right, settings.permutations, settings.seed).p_value > max(
        _SURE, 1.0 / (1 + settings.permutations)
    ):
        return 0.0
    return max(2.0 * detect.classifier_auc(left, right, settings.seed).effect, 0.0)
