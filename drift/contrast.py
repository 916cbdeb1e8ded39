"""One number, two windows: matched by question where the same ones were asked, within topics otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction
from drift import estimate as est
from drift.decompose import kitagawa
from drift.report import Estimate
from drift.scoring import Side
from drift.settings import DriftSettings
from drift.windows import normalised

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

_SURE = 2.5
"""Standard errors from which on a move of the mix counts as beyond doubt."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two samples of one number and what they say.

    `raw` is about the windows as they are, `within` about questions of the same topic; over pairs both are the same.
    `overlap` is 1 where both windows hold the same mix of topics and 0 where they have none in common. `allowance` is
    what was taken off `within`, because topics never tell kinds of questions apart completely: where the mix of topics
    has moved to harder ones beyond doubt, as much again may have moved inside them (the rule "as strong as observed"
    for what was not observed; Oster 2019, "Unobservable selection and coefficient stability", with δ = 1).
    """

    reference: Array
    current: Array
    raw: Estimate
    within: Estimate
    is_paired: bool
    overlap: float
    allowance: float = 0.0


def contrast(
    reference: Mapping[str, float], current: Mapping[str, float], sides: tuple[Side, Side], settings: DriftSettings
) -> Contrast:
    """Compare a number known by id: over pairs where half of both windows or more ask the same, else in topics."""
    left, right = sides
    rng = np.random.default_rng(settings.seed)
    pairs = matched(reference, current, left.items, right.items)
    if pairs is not None and pairs[0].size >= settings.min_pairs:
        both = est.paired(pairs[0], pairs[1], settings.confidence, rng)
        return Contrast(pairs[0], pairs[1], both, both, True, 1.0)
    (x, topics_x), (y, topics_y) = values_and_topics(reference, left), values_and_topics(current, right)
    if min(x.size, y.size) < 2:
        nothing = Estimate(float("nan"), float("inf"), float("-inf"), float("inf"), 1.0)
        return Contrast(x, y, nothing, nothing, False, 0.0)
    if min(x.size, y.size) < est.SMALL:
        small = est.permuted(x, y, settings.confidence, rng)
        return Contrast(x, y, small, small, False, 1.0)
    raw = est.difference(x, y, settings.confidence)
    inside = est.within_strata(x, y, topics_x, topics_y, settings.confidence)
    allowance = _harder_mix(x, y, topics_x, topics_y)
    return Contrast(x, y, raw, est.shifted(inside.estimate, allowance), False, inside.overlap, allowance)


def _harder_mix(x: Array, y: Array, topics_x: Ints, topics_y: Ints) -> float:
    split = kitagawa(x, y, topics_x, topics_y, int(max(topics_x.max(), topics_y.max())) + 1)
    return -split.mix if split.mix < -_SURE * split.se_mix else 0.0


def matched(
    reference: Mapping[str, float],
    current: Mapping[str, float],
    items_reference: Sequence[Interaction],
    items_current: Sequence[Interaction],
) -> tuple[Array, Array] | None:
    """Return one mean per question asked in both windows, or None where less than half of a window has a partner."""
    left, right = _by_question(reference, items_reference), _by_question(current, items_current)
    shared = sorted(left.keys() & right.keys())
    for side in (left, right):
        if not shared or 2 * sum(len(side[question]) for question in shared) < sum(map(len, side.values())):
            return None
    means = [np.array([np.mean(side[question]) for question in shared]) for side in (left, right)]
    return means[0], means[1]


def values_and_topics(values: Mapping[str, float], side: Side) -> tuple[Array, Ints]:
    """Return the numbers of one window in order of time, with the topic of each."""
    known = [item.id for item in side.items if item.id in values]
    topics = [side.topics.get(key, 0) for key in known]
    return np.array([values[key] for key in known]), np.array(topics, dtype=np.int64)


def _by_question(values: Mapping[str, float], items: Sequence[Interaction]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for item in items:
        if item.id in values:
            found[normalised(item.question)].append(values[item.id])
    return found
