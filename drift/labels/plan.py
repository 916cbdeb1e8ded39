"""A round of labelling: how many labels each window gets, and which of its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from drift.labels.sampling import active_sample, combined


@dataclass(frozen=True, slots=True)
class LabelCandidate:
    """A record that could be labelled: the proxy's score, None where there is none, and what earlier rounds did.

    `probability` is that of having been chosen in an earlier round, 0 before the first.
    """

    id: str
    proxy: float | None
    probability: float = 0.0
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """The ids to label in the order in which to ask, and the probability of every candidate over all rounds so far."""

    chosen: tuple[str, ...]
    probability: Mapping[str, float]


def plan_round(windows: Sequence[Sequence[LabelCandidate]], count: int, seed: int) -> Round:
    """Choose `count` records from several windows; a window with fewer labels gets more of the new ones.

    The order is random over all windows: who stops early has labelled a random part of the round in each of them.
    """
    rng = np.random.default_rng(seed)
    chosen: list[str] = []
    probability: dict[str, float] = {}
    free = [[item for item in window if not item.taken] for window in windows]
    have = [sum(item.taken for item in window) for window in windows]
    for window, left, quota in zip(windows, free, quotas(have, [len(part) for part in free], count), strict=True):
        proxy = np.array([np.nan if item.proxy is None else item.proxy for item in left], dtype=np.float64)
        sample = active_sample(proxy, quota, rng)
        earlier = np.array([item.probability for item in left], dtype=np.float64)
        chosen += [left[row].id for row in sample.chosen]
        probability |= {item.id: item.probability for item in window if item.taken}
        over_all = combined(earlier, sample.probability)
        probability |= {item.id: float(p) for item, p in zip(left, over_all, strict=True)}
        _count_taken(window, sample.probability, probability)
    return Round(tuple(chosen[row] for row in rng.permutation(len(chosen))), probability)


def quotas(have: Sequence[int], room: Sequence[int], count: int) -> tuple[int, ...]:
    """Divide `count` new labels so that the windows end as even as they can, none above the room it has."""
    given = [0] * len(have)
    for _ in range(min(count, sum(room))):
        open_windows = [row for row in range(len(have)) if given[row] < room[row]]
        given[min(open_windows, key=lambda row: (have[row] + given[row], row))] += 1
    return tuple(given)


def _count_taken(window: Sequence[LabelCandidate], later: np.ndarray, probability: dict[str, float]) -> None:
    # A record of an earlier round could have been left over and then been chosen now: with about the probability that
    # those left over have now. Without this its weight would be too large beside theirs.
    if not later.size:
        return
    mean = float(later.mean())
    for item in window:
        if item.taken:
            probability[item.id] = float(combined(np.array(item.probability), np.array(mean)))
