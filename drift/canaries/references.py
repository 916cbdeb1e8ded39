"""Canaries with a known answer decide by themselves: an exact test, and how many canaries would be enough.

Two looks share the level of an alert: a round whose first answers leave a loss in doubt is asked again (`unsure`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mode

import numpy as np

from drift.results import Estimate, QualityPlane, QualityTest, shown_p
from drift.settings import DriftSettings
from drift.stats import RepeatedQuestion, fewer_right, losses_needed, paired, questions_needed, smallest_loss
from drift.vocabulary import QualityStatus
from drift.windows import Window, normalised

CORRECT = "correct"
"""The metric of a canary with a known answer, or of one that must be abstained from; its source is "reference"."""

AGAIN = 5
"""How many more times each canary is asked where the first answers leave a loss in doubt."""

_LOOKS = 2
_IN_DOUBT = 0.25
_NOT_HEALTHY = 0.05
_LEAST = 2
"""One lost canary alone may be a document that changed: it is named, and does not alert."""

_NET = 1.5
_ENOUGH = 0.5
"""From this share of canaries with a known answer on, these speak for the round."""


@dataclass(frozen=True, slots=True)
class CanaryAnswers:
    """What two rounds say of the canaries whose right answer is known.

    A loss of `losses` canaries would have been seen. `needed` canaries, asked as often, would show the drop that
    matters. `level` is what the exact test may use of the level of an alert.
    """

    asked: tuple[RepeatedQuestion, ...]
    p_value: float
    level: float
    losses: int
    needed: int
    plane: QualityPlane

    @property
    def unsure(self) -> bool:
        """Whether there is a loss that more answers to the same questions could prove or clear."""
        return self.level < self.p_value <= _IN_DOUBT

    @property
    def healthy(self) -> bool:
        """Whether later rounds may be compared with this one."""
        return self.p_value > _NOT_HEALTHY


def judge_references(before: Window, after: Window, settings: DriftSettings) -> CanaryAnswers | None:
    """Test whether fewer canaries are right now; None where too few have a known answer to speak for the round."""
    asked = _asked_again(before, after)
    questions = {normalised(item.question) for item in after.canaries}
    if len(asked) < max(_LEAST, _ENOUGH * len(questions)):
        return None
    level = settings.alpha / _LOOKS
    often = mode(one.asked_before for one in asked), max(1 + AGAIN, mode(one.asked_now for one in asked))
    losses = max(_LEAST, losses_needed(*often, level))
    needed = questions_needed(losses, settings.drop_that_matters, settings.power)
    p_value = fewer_right(asked)
    plane = _plane(asked, p_value, level, (losses, needed), settings)
    return CanaryAnswers(asked, p_value, level, losses, needed, plane)


def _plane(
    asked: Sequence[RepeatedQuestion], p_value: float, level: float, counts: tuple[int, int], settings: DriftSettings
) -> QualityPlane:
    before, now = (
        np.array([one.right_before / one.asked_before for one in asked]),
        np.array([one.right_now / one.asked_now for one in asked]),
    )
    found = paired(before, now, settings.confidence, np.random.default_rng(settings.seed))
    within = Estimate(found.delta, found.se, found.low, found.high, p_value)
    limit = smallest_loss(counts[0], round(float(before.sum())), settings.power)
    drifted = p_value <= level and float(before.sum() - now.sum()) >= _NET
    return QualityPlane(
        status=_status(drifted, limit, settings),
        reason=_reason(asked, p_value, drifted, limit, counts, settings),
        metric=CORRECT,
        source="reference",
        method="the same questions, exact test over questions and repeats",
        reference=float(before.mean()),
        current=float(now.mean()),
        delta=found.delta,
        ci=(found.low, found.high),
        within=within,
        p_value=p_value,
        minimum_detectable_drop=limit,
        n_reference=len(asked),
        n_current=len(asked),
        n_labelled=2 * len(asked),
        paired=True,
        tests=(QualityTest("canaries", 1.0, p_value, found.delta, drifted),),
    )


def _status(drifted: bool, limit: float | None, settings: DriftSettings) -> QualityStatus:
    if drifted:
        return "drifted"
    return "steady" if limit is not None and limit <= settings.drop_that_matters else "insufficient"


def _reason(
    asked: Sequence[RepeatedQuestion],
    p_value: float,
    drifted: bool,
    limit: float | None,
    counts: tuple[int, int],
    settings: DriftSettings,
) -> str:
    before = sum(one.right_before / one.asked_before for one in asked)
    now = sum(one.right_now / one.asked_now for one in asked)
    lost, gained = sum(one.change < 0 for one in asked), sum(one.change > 0 for one in asked)
    head = (
        f"Of {len(asked)} canaries with a known answer {_count(before)} were right before and {_count(now)} are now: "
        f"{lost} lost, {gained} gained (exact test, {shown_p(p_value)})."
    )
    if drifted or (limit is not None and limit <= settings.drop_that_matters):
        return head
    return (
        f"{head} {counts[0]} lost ones would have been seen; {counts[1]} canaries that are right would show a drop of "
        f"{settings.drop_that_matters:.2f}."
    )


def _count(right: float) -> str:
    return f"{right:.0f}" if abs(right - round(right)) < 1e-9 else f"{right:.1f}"


def _asked_again(before: Window, after: Window) -> tuple[RepeatedQuestion, ...]:
    left, right = _judged(before), _judged(after)
    return tuple(
        RepeatedQuestion(sum(left[key]), len(left[key]), sum(right[key]), len(right[key]))
        for key in sorted(left.keys() & right.keys())
    )


def _judged(window: Window) -> dict[str, list[bool]]:
    """Return for each question whether its answers are right, as far as that is known."""
    values = {
        score.interaction_id: score.value
        for score in window.scores
        if (score.metric, score.source) == (CORRECT, "reference") and score.value is not None
    }
    found: dict[str, list[bool]] = defaultdict(list)
    for item in window.canaries:
        if item.id in values:
            found[normalised(item.question)].append(values[item.id] >= 1.0)
    return found
