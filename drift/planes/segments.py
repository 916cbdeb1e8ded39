"""Topics ranked by how much each added to the change of quality."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drift.quality import Side
from drift.results import Segment
from drift.settings import DriftSettings
from drift.stats import Split, kitagawa, value_shift

_MIN_VALUES = 5


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The split of the change and its topics, worst first."""

    split: Split
    segments: tuple[Segment, ...]


def segment(
    reference: Side,
    current: Side,
    values: tuple[Mapping[str, float], Mapping[str, float]],
    names: tuple[str, ...],
    drifted: bool,
    settings: DriftSettings,
) -> Segmentation | None:
    """Split the change of mean quality over topics; a topic drifts only if quality as a whole did (then by BH)."""
    (x, topics_x), (y, topics_y) = (
        _arrays(side, known) for side, known in ((reference, values[0]), (current, values[1]))
    )
    if not x.size or not y.size or not names:
        return None
    split = kitagawa(x, y, topics_x, topics_y, len(names))
    p_values = [_p_drop(x[topics_x == topic], y[topics_y == topic]) for topic in range(len(names))]
    q_values = _adjusted(p_values)
    segments = [
        Segment(
            name=name,
            share_reference=float(np.mean(topics_x == topic)),
            share_current=float(np.mean(topics_y == topic)),
            quality_reference=_mean(x[topics_x == topic]),
            quality_current=_mean(y[topics_y == topic]),
            contribution=float(split.contributions[topic]),
            p_value=p_values[topic],
            drifted=drifted and q_values[topic] <= settings.fdr,
        )
        for topic, name in enumerate(names)
    ]
    return Segmentation(split, tuple(sorted(segments, key=lambda item: item.contribution)))


def _arrays(side: Side, values: Mapping[str, float]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    known = [item.id for item in side.items if item.id in values]
    return np.array([values[key] for key in known]), np.array(
        [side.topics.get(key, 0) for key in known], dtype=np.int64
    )


def _p_drop(reference: NDArray[np.float64], current: NDArray[np.float64]) -> float | None:
    if min(reference.size, current.size) < _MIN_VALUES:
        return None
    shift = value_shift(reference, current)
    return shift.p_value / 2 if shift.effect < 0 else 1 - shift.p_value / 2


def _adjusted(p_values: Sequence[float | None]) -> list[float]:
    """Adjust the p-values of the topics that have one (Benjamini–Hochberg); infinite for the others."""
    from scipy.stats import false_discovery_control

    known = [row for row, p in enumerate(p_values) if p is not None]
    adjusted = [math.inf] * len(p_values)
    for row, q in zip(known, false_discovery_control([p for p in p_values if p is not None]), strict=True):
        adjusted[row] = float(q)
    return adjusted


def _mean(values: NDArray[np.float64]) -> float | None:
    return float(values.mean()) if values.size else None
