"""One number, two windows: matched by question where the same ones were asked, within topics otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction
from drift.quality.measures import Side
from drift.results import Estimate
from drift.settings import DriftSettings
from drift.stats import (
    SMALL,
    ClusteredSample,
    clustered,
    difference,
    kitagawa,
    numbered,
    paired,
    permuted,
    shifted,
    within_strata,
)
from drift.windows import normalised

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

_SATURDAY = 5
_KNOWN = 0.1
_KINDS = 0.15
_SURE = 0.001
"""From this p-value on (chi-square over topics) a move of the mix counts as beyond doubt."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two samples of one number and what they say.

    `raw` is about the windows as they are, `within` about questions of the same topic; over pairs both are the same.
    `overlap` is 1 where both windows hold the same mix of topics and 0 where they have none in common. `allowance` is
    what was taken off `within` where the mix of topics has moved beyond doubt, because topics never tell kinds of
    questions apart completely (`_moved_mix`). `effective` is how many independent records each window is worth: the
    same question, user or session asked more than once counts as a cluster.
    """

    reference: Array
    current: Array
    raw: Estimate
    within: Estimate
    is_paired: bool
    overlap: float
    allowance: float = 0.0
    effective: tuple[float, float] = (0.0, 0.0)


def contrast(
    reference: Mapping[str, float], current: Mapping[str, float], sides: tuple[Side, Side], settings: DriftSettings
) -> Contrast:
    """Compare a number known by id: over pairs where half of both windows or more ask the same, else in topics."""
    left, right = sides
    rng = np.random.default_rng(settings.seed)
    pairs = matched(reference, current, left.items, right.items)
    if pairs is not None and pairs[0].size >= settings.min_pairs:
        both = paired(pairs[0], pairs[1], settings.confidence, rng)
        return Contrast(pairs[0], pairs[1], both, both, True, 1.0, effective=(pairs[0].size, pairs[1].size))
    (x, topics_x), (y, topics_y) = values_and_topics(reference, left), values_and_topics(current, right)
    if min(x.size, y.size) < 2:
        nothing = Estimate(float("nan"), float("inf"), float("-inf"), float("inf"), 1.0)
        return Contrast(x, y, nothing, nothing, False, 0.0)
    samples = (_sample(reference, left, x, topics_x), _sample(current, right, y, topics_y))
    if min(x.size, y.size) < SMALL:
        small, effective = _widened(permuted(x, y, settings.confidence, rng), samples, settings)
        return Contrast(x, y, small, small, False, 1.0, effective=effective)
    raw, effective = _widened(difference(x, y, settings.confidence), samples, settings)
    strata = _by_weekend((reference, left, topics_x), (current, right, topics_y), settings)
    inside = within_strata(x, y, *strata, settings.confidence)
    inner = tuple(replace(sample, strata=row) for sample, row in zip(samples, strata, strict=True))
    within = _widened(inside.estimate, (inner[0], inner[1]), settings)[0]
    allowance = max(_moved_mix(x, y, topics_x, topics_y), _moved_questions(x, y, right.moved))
    return Contrast(x, y, raw, shifted(within, allowance), False, inside.overlap, allowance, effective)


def _sample(values: Mapping[str, float], side: Side, numbers: Array, topics: Ints) -> ClusteredSample:
    """Return the numbers of a window with its clusters: the same question, the same session, the same user."""
    known = [item for item in side.items if item.id in values]
    names = [[normalised(item.question) for item in known]]
    names += [[item.tags.get(tag, "") for item in known] for tag in ("session", "user")]
    return ClusteredSample(numbers, np.zeros_like(topics), tuple(numbered(row) for row in names))


def _widened(
    estimate: Estimate, samples: tuple[ClusteredSample, ClusteredSample], settings: DriftSettings
) -> tuple[Estimate, tuple[float, float]]:
    found = clustered(estimate, samples[0], samples[1], settings.confidence)
    least_sure = max(found.estimate.p_drop, estimate.p_drop)
    return (replace(found.estimate, p_drop=least_sure) if estimate.delta < 0 else found.estimate), found.effective


def _by_weekend(
    reference: tuple[Mapping[str, float], Side, Ints],
    current: tuple[Mapping[str, float], Side, Ints],
    settings: DriftSettings,
) -> tuple[Ints, Ints]:
    """Divide topics into working days and weekends, where the baseline knows both well enough (UTC days)."""
    flags = []
    for values, side, _ in (reference, current):
        days = [item.at.weekday() >= _SATURDAY for item in side.items if item.id in values]
        flags.append(np.array(days, dtype=np.int64))
    known = np.bincount(flags[0], minlength=2)
    if known.min() < max(settings.min_records, _KNOWN * known.sum()):
        return reference[2], current[2]
    return 2 * reference[2] + flags[0], 2 * current[2] + flags[1]


def _moved_mix(x: Array, y: Array, topics_x: Ints, topics_y: Ints) -> float:
    """Return how large a drop a moved mix could pass off as a drop within topics; 0 where the mix has not moved.

    The larger of two readings. What the move between topics costs may be lost inside them once more ("as strong as
    observed" for what was not observed; Oster 2019, "Unobservable selection and coefficient stability", δ = 1). And
    the share of traffic that moved, beyond what chance moves, may have gone to questions that are harder by two
    standard deviations of topics (their true means, chance taken off).
    """
    count = int(max(topics_x.max(), topics_y.max())) + 1
    sizes = [np.bincount(topics, minlength=count).astype(float) for topics in (topics_x, topics_y)]
    if not _has_moved(sizes[0], sizes[1]):
        return 0.0
    split = kitagawa(x, y, topics_x, topics_y, count)
    shares = [size / size.sum() for size in sizes]
    pooled = (sizes[0] + sizes[1]) / (x.size + y.size)
    chance = np.sqrt(2 / np.pi * pooled * (1 - pooled) * (1 / x.size + 1 / y.size)).sum() / 2
    moved = max(float(np.abs(shares[0] - shares[1]).sum() / 2 - chance), 0.0)
    spread = _spread_of_topics(np.r_[x - x.mean(), y - y.mean()], np.r_[topics_x, topics_y], count)
    return max(-split.mix, 2 * moved * spread, 0.0)


def _moved_questions(x: Array, y: Array, moved: float) -> float:
    """Return the drop that questions of another kind may bring where topics cannot tell the kinds apart.

    Kinds of questions differ in their mean scores by 0.15 of the scores' standard deviation (0.08 to 0.14 over the
    articles of SQuAD 2.0, three models); two such steps are allowed for the share that moved.
    """
    return 2 * moved * _KINDS * float(np.r_[x - x.mean(), y - y.mean()].std())


def _has_moved(left: Array, right: Array) -> bool:
    from scipy.stats import chi2_contingency

    used = left + right > 0
    return bool(used.sum() > 1 and chi2_contingency(np.stack([left[used], right[used]])).pvalue <= _SURE)


def _spread_of_topics(values: Array, topics: Ints, count: int) -> float:
    # Analysis of variance: the variance of topic means less what chance gives them.
    sizes = np.bincount(topics, minlength=count).astype(float)
    sums = np.bincount(topics, weights=values, minlength=count)
    means = np.divide(sums, sizes, out=np.zeros(count), where=sizes > 0)
    inside = float(np.mean((values - means[topics]) ** 2))
    between = float(sizes @ (means - values.mean()) ** 2 / values.size) - inside * (np.sum(sizes > 0) - 1) / values.size
    return float(np.sqrt(max(between, 0.0)))


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
