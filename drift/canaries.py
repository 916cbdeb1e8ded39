"""Two rounds of canaries: the same questions before and now, compared answer by answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from data.records import Interaction
from drift.causes import SwapTest, swap_test
from drift.comparison import compare
from drift.results import DriftReport
from drift.settings import DriftSettings
from drift.signals import CATEGORIES
from drift.windows import Window, normalised

CORRECT = "correct"
"""The metric of a canary with a known answer, or of one that must be abstained from; its source is "reference"."""


@dataclass(frozen=True, slots=True)
class LostCanary:
    """A canary that was right before and is not now."""

    question: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FingerprintMove:
    """A part of the fingerprint, such as "chat model", that is another in most answers of the later round."""

    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ProbeComparison:
    """The verdict on two rounds, whether another model seems to answer, and what turned wrong or changed its name."""

    report: DriftReport
    swap: SwapTest | None
    turned: tuple[LostCanary, ...]
    renamed: tuple[FingerprintMove, ...]

    def swapped(self, alpha: float) -> bool:
        """Say whether the same prompts get other answers, at level `alpha`."""
        return self.swap is not None and self.swap.p_value <= alpha


def compare_rounds(before: Window, after: Window, settings: DriftSettings, now: datetime) -> ProbeComparison:
    """Compare two rounds of canaries; the verdict follows the rules of every report.

    A swapped model alone does not alert: it explains. Lost quality or an ops incident alerts.
    """
    report = compare(before, after, settings, now)
    swap = swap_test(before.canaries, after.canaries, settings.permutations, settings.seed)
    return ProbeComparison(report, swap, _turned(before, after), _renamed(before, after))


def _renamed(before: Window, after: Window) -> tuple[FingerprintMove, ...]:
    parts = [(name, value) for name, (plane, value) in CATEGORIES.items() if plane == "fingerprint"]
    usual = [(name, _usual(before, value), _usual(after, value)) for name, value in parts]
    return tuple(FingerprintMove(name, old, new) for name, old, new in usual if old and new and old != new)


def _usual(window: Window, value: Callable[[Interaction], str]) -> str:
    counts = Counter(value(item) for item in window.canaries if item.outcome != "failed")
    return counts.most_common(1)[0][0] if counts else ""


def _turned(before: Window, after: Window) -> tuple[LostCanary, ...]:
    left, right = (_by_question(window) for window in (before, after))
    right_before, right_now = (_correct(window) for window in (before, after))
    return tuple(
        LostCanary(left[key].question, _shown(left[key]), _shown(right[key]))
        for key in left.keys() & right.keys()
        if right_before.get(left[key].id) == 1.0 and right_now.get(right[key].id) == 0.0
    )


def _by_question(window: Window) -> dict[str, Interaction]:
    return {normalised(item.question): item for item in window.canaries}


def _correct(window: Window) -> Mapping[str, float]:
    return {s.interaction_id: s.value for s in window.scores if s.metric == CORRECT and s.value is not None}


def _shown(item: Interaction) -> str:
    return item.answer or item.error or ""
