"""Days whose texts were deleted: late scores are taken in, what texts had said stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from drift.sketch import Sketch, merged

Array = NDArray[np.float64]


def carried(kept: Sketch, fresh: Sketch, late: Sketch) -> Sketch:
    """Return the sketch of a day from the one made before its texts went and the one made of what is left.

    Of texts and vectors `kept` knows, and `late`, the records that came since with their texts; outcomes, fingerprints
    and scores are in the log still, so `fresh` knows them best. Where questions can no longer be put to a topic, late
    scores are spread over the topics as the day's questions were.
    """
    whole = merged([kept, late])
    topics = whole.topics.copy()
    topics[-1] += max(fresh.records - whole.records, 0)
    if np.array_equal(fresh.topics, topics):
        scores = fresh.scores
    else:
        share = topics / max(float(topics.sum()), 1.0)
        scores = {name: _spread(kept.scores.get(name), array, share) for name, array in fresh.scores.items()}
    return replace(fresh, topics=topics, numbers=whole.numbers, vectors=whole.vectors, scores=scores)


def _spread(kept: Array | None, fresh: Array, share: Array) -> Array:
    before = np.zeros_like(fresh) if kept is None else kept
    new: Array = before + share[:, None] * (fresh.sum(axis=0) - before.sum(axis=0))[None, :]
    return new
