"""Two rounds of canaries: the same questions before and now, compared answer by answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.records import Interaction
from drift.canaries.references import CORRECT, CanaryAnswers, judge_references
from drift.causes import SwapTest, swap_test
from drift.comparison import compare
from drift.results import DriftReport
from drift.settings import DriftSettings
from drift.signals import CATEGORIES
from drift.verdict import decide, verdict_sentence
from drift.windows import Window, normalised

_ROUND = 5
"""From so many canaries on, a round that failed as a whole is an incident by itself."""


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
    """The verdict on two rounds, whether another model seems to answer, and what turned wrong or changed its name.

    `answers` are the canaries whose right answer is known: they decide, where enough of them are.
    """

    report: DriftReport
    answers: CanaryAnswers | None
    swap: SwapTest | None
    turned: tuple[LostCanary, ...]
    renamed: tuple[FingerprintMove, ...]

    def swapped(self, alpha: float) -> bool:
        """Say whether the same prompts get other answers, at level `alpha`."""
        return self.swap is not None and self.swap.p_value <= alpha


def compare_rounds(before: Window, after: Window, settings: DriftSettings, now: datetime) -> ProbeComparison:
    """Compare a round of canaries with earlier ones; the verdict follows the rules of every report.

    Known answers decide on quality, by an exact test; without enough of them the scores do. A swapped model alone does
    not alert: it explains. Lost quality or an ops incident alerts.
    """
    answers = judge_references(before, after, settings)
    report = _unless_dead(compare(before, after, settings, now, quality=answers.plane if answers else None), after)
    swap = swap_test(before.canaries, after.canaries, settings.permutations, settings.seed)
    return ProbeComparison(report, answers, swap, _turned(before, after), _renamed(before, after))


def _unless_dead(report: DriftReport, after: Window) -> DriftReport:
    """Return the report, as an ops incident where a whole round failed: it takes no test to see that."""
    errors = [item.error or "no reason given" for item in after.canaries if item.outcome == "failed"]
    if len(errors) < max(_ROUND, len(after.canaries)) or report.ops.status == "red":
        return report
    ops = replace(report.ops, status="red", reason=f"All {len(errors)} canaries failed: {errors[0]}")
    verdict = decide(ops, report.quality)
    return replace(report, verdict=verdict, ops=ops, sentence=verdict_sentence(verdict, ops, report.quality))


def _renamed(before: Window, after: Window) -> tuple[FingerprintMove, ...]:
    parts = [(name, value) for name, (plane, value) in CATEGORIES.items() if plane == "fingerprint"]
    usual = [(name, _usual(before, value), _usual(after, value)) for name, value in parts]
    return tuple(FingerprintMove(name, old, new) for name, old, new in usual if old and new and old != new)


def _usual(window: Window, value: Callable[[Interaction], str]) -> str:
    counts = Counter(value(item) for item in window.canaries if item.outcome != "failed")
    return counts.most_common(1)[0][0] if counts else ""


def _turned(before: Window, after: Window) -> tuple[LostCanary, ...]:
    """Return the canaries of which most answers were right before and none or few are now."""
    left, right = (_by_question(window) for window in (before, after))
    return tuple(
        LostCanary(left[key][-1][0].question, _shown(left[key], 1.0), _shown(right[key], 0.0))
        for key in sorted(left.keys() & right.keys())
        if _share(left[key]) > 0.5 > _share(right[key])
    )


def _by_question(window: Window) -> dict[str, list[tuple[Interaction, float]]]:
    """Return for each question the answers that could be judged, with 1 for a right one."""
    correct = {s.interaction_id: s.value for s in window.scores if s.metric == CORRECT and s.value is not None}
    found: dict[str, list[tuple[Interaction, float]]] = defaultdict(list)
    for item in window.canaries:
        if item.id in correct:
            found[normalised(item.question)].append((item, correct[item.id]))
    return found


def _share(answers: Sequence[tuple[Interaction, float]]) -> float:
    return sum(value for _, value in answers) / len(answers)


def _shown(answers: Sequence[tuple[Interaction, float]], value: float) -> str:
    item = next((item for item, known in reversed(answers) if known == value), answers[-1][0])
    return item.answer or item.error or ""
