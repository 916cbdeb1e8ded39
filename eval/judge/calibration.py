"""How far a judge can be trusted: agreement with human labels, a corrected share, and whether the judge moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from data.errors import InputError
from eval.intervals import Interval, difference_interval


@dataclass(frozen=True, slots=True)
class Agreement:
    """A judge against humans on the same answers, both cut at a threshold into good and bad.

    `kappa` is Cohen's, None when humans and judge all say the same thing. `sensitivity` is the share of humanly good
    answers the judge calls good, `specificity` of bad ones it calls bad; None without such answers. `bias` is the mean
    of judge minus human, uncut. `correlation` is Pearson's, None when one side is constant.
    """

    count: int
    accuracy: float
    kappa: float | None
    sensitivity: float | None
    specificity: float | None
    bias: float
    correlation: float | None


@dataclass(frozen=True, slots=True)
class JudgeShift:
    """The same answers judged twice: `shift` is the mean of now minus then.

    `flips` counts answers that crossed the threshold, in either direction; `p_value` is McNemar's exact two-sided one.
    """

    shift: Interval
    flips: int
    p_value: float

    def drifted(self, alpha: float = 0.01) -> bool:
        """Say whether judge, not answers, changed."""
        return self.p_value <= alpha


def agreement(judged: Sequence[float], human: Sequence[float], threshold: float = 0.5) -> Agreement:
    """Compare a judge with human labels, pair by pair, all in [0, 1].

    :raises InputError: nothing to compare, or unequal numbers of labels.
    """
    _refuse_unpaired(judged, human)
    good_judge = np.asarray(judged) > threshold
    good_human = np.asarray(human) > threshold
    accuracy = float(np.mean(good_judge == good_human))
    chance = float(good_judge.mean() * good_human.mean() + (1 - good_judge.mean()) * (1 - good_human.mean()))
    varies = np.std(judged) > 0 and np.std(human) > 0
    return Agreement(
        count=len(judged),
        accuracy=accuracy,
        kappa=(accuracy - chance) / (1 - chance) if chance < 1 else None,
        sensitivity=float(good_judge[good_human].mean()) if good_human.any() else None,
        specificity=float((~good_judge[~good_human]).mean()) if not good_human.all() else None,
        bias=fmean(judged) - fmean(human),
        correlation=float(np.corrcoef(judged, human)[0, 1]) if varies else None,
    )


def rogan_gladen(observed: float, known: Agreement) -> float | None:
    """Return the true share of good answers behind a judge's `observed` share (Rogan and Gladen 1978).

    ``(observed + specificity - 1) / (sensitivity + specificity - 1)``, kept in [0, 1]; None when sensitivity or
    specificity is unknown or the judge does no better than chance. For labels that are not a random sample of today's
    answers.
    """
    if known.sensitivity is None or known.specificity is None:
        return None
    informed: float = known.sensitivity + known.specificity - 1
    return min(1.0, max(0.0, (observed + known.specificity - 1) / informed)) if informed > 0 else None


def compare_judges(before: Sequence[float], after: Sequence[float], threshold: float = 0.5) -> JudgeShift:
    """Compare two judgements of the same anchor answers, in the same order.

    :raises InputError: nothing to compare, or unequal numbers of values.
    """
    _refuse_unpaired(before, after)
    up = sum(old <= threshold < new for old, new in zip(before, after, strict=True))
    down = sum(new <= threshold < old for old, new in zip(before, after, strict=True))
    differences = [new - old for old, new in zip(before, after, strict=True)]
    return JudgeShift(difference_interval(differences), up + down, _mcnemar(up, down))


def _mcnemar(up: int, down: int) -> float:
    from scipy.stats import binomtest

    return float(binomtest(up, up + down).pvalue) if up + down else 1.0


def _refuse_unpaired(first: Sequence[float], second: Sequence[float]) -> None:
    if not len(first) or len(first) != len(second):
        raise InputError(f"Judgements must come in pairs, got {len(first)} and {len(second)}: match them by answer.")
