"""Scores of two windows on one scale, from 0 to 1 and better high, whatever scale they were given on.

The ends come from the score itself or the settings; else, where values lie outside [0, 1], from the smallest of the
usual scales that holds them all, looked for in both windows together, so that a fall of a rating from 5 to 1 stays a
fall. A metric that one window has between 0 and 1 and the other on another scale is not compared.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from data.records import IMPORTED, Score
from data.scales.names import meaning
from data.scales.scale import Scale

_USUAL = ((0, 1), (1, 5), (0, 2), (0, 3), (0, 4), (0, 5), (1, 10), (0, 10), (1, 100), (0, 100), (-1, 1), (-5, 5))
_STRAY = 0.02
"""Up to this share of values outside the ends, or one, are slips of a scorer; more are another scale."""

_Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class CommonScale:
    """The scores of each window on [0, 1], better high, and one sentence for each metric that was changed."""

    sides: tuple[tuple[Score, ...], ...]
    notes: tuple[str, ...]


def rescaled(sides: Sequence[Sequence[Score]], *, guess: bool = True) -> CommonScale:
    """Return the scores of each window on one scale; what fits none is missing, with the reason.

    Without `guess` only scales that are told are read: a part of a window does not show its ends.
    """
    groups: dict[_Key, list[list[float]]] = defaultdict(lambda: [[] for _ in sides])
    for number, side in enumerate(sides):
        for score in side:
            if score.value is not None and _is_read(score):
                groups[_key(score)][number].append(score.value)
    rules = {key: _rule(key, values, guess) for key, values in groups.items()}
    made = tuple(
        tuple(rules[_key(score)].apply(score) if _is_read(score) else score for score in side) for side in sides
    )
    notes = (rules[key].note(key, values) for key, values in sorted(groups.items()))
    return CommonScale(made, tuple(dict.fromkeys(note for note in notes if note)))


def _is_read(score: Score) -> bool:
    """Tell whether a score has a number on a scale of others; ours lie between 0 and 1."""
    if score.value is None or not math.isfinite(score.value):
        return False
    return score.source != "proxy" or score.scorer == IMPORTED or bool(score.scale)


def _key(score: Score) -> _Key:
    return score.metric, score.source, score.scorer, score.scale


@dataclass(frozen=True, slots=True)
class _Rule:
    low: float
    high: float
    turned: bool
    told: bool
    problem: str = ""

    def apply(self, score: Score) -> Score:
        assert score.value is not None
        if self.problem:
            return replace(score, value=None, reason=self.problem)
        part = (score.value - self.low) / (self.high - self.low)
        if not -1e-9 <= part <= 1 + 1e-9:
            ends = f"{self.low:g} to {self.high:g}"
            return replace(score, value=None, reason=f"{score.value:g} lies outside the scale from {ends}")
        part = min(max(part, 0.0), 1.0)
        return replace(score, value=1.0 - part if self.turned else part)

    def note(self, key: _Key, values: Sequence[Sequence[float]]) -> str:
        what = f"Scores {key[0]!r} ({key[1]})"
        if self.problem:
            return f"{what} count as missing: {self.problem}."
        outside = sum(not self.low <= value <= self.high for side in values for value in side)
        parts = []
        if (self.low, self.high) != (0.0, 1.0):
            told = "" if self.told else ", as their values suggest: metrics.scales says it for sure"
            parts.append(f"are read on a scale from {self.low:g} to {self.high:g}{told}")
        if self.turned:
            parts.append("are better low and turned round, so that 1 is best")
        if outside:
            parts.append(f"count as missing where they lie outside {self.low:g} to {self.high:g} ({outside})")
        return f"{what} {'; they '.join(parts)}." if parts else ""


def _rule(key: _Key, values: Sequence[Sequence[float]], guess: bool) -> _Rule:
    metric, _, _, told = key
    scale = Scale.parse(told) if told else Scale()
    turned = (scale.direction or meaning(metric).direction) == "down"
    if scale.low is not None and scale.high is not None:
        return _Rule(scale.low, scale.high, turned, True)
    together = [value for side in values for value in side]
    if not guess or _mostly_within(together, 0, 1):
        return _Rule(0.0, 1.0, turned, False)
    if any(_is_unit(side) for side in values) and not all(_is_unit(side) for side in values if side):
        return _Rule(0.0, 1.0, turned, False, "one window has them from 0 to 1, the other on another scale")
    for low, high in _USUAL[1:]:
        if all(low <= value <= high for value in together):
            return _Rule(float(low), float(high), turned, False)
    found = f"values from {min(together):g} to {max(together):g} fit no usual scale: tell it in metrics.scales"
    return _Rule(0.0, 1.0, turned, False, found)


def _is_unit(side: Sequence[float]) -> bool:
    """Tell whether values are plainly a share: between 0 and 1, and not whole numbers alone."""
    return bool(side) and _mostly_within(side, 0, 1) and any(value != int(value) for value in side)


def _mostly_within(values: Sequence[float], low: float, high: float) -> bool:
    outside = sum(not low <= value <= high for value in values)
    return outside == 0 or (outside <= max(1, _STRAY * len(values)) and any(0 < value < 1 for value in values))
