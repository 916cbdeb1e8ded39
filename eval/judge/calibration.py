"""How far a judge can be trusted: agreement with human labels, a corrected mean, and whether the judge itself moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from data.errors import InputError
from eval.intervals import Interval, difference_interval, two_sided_quantile


@dataclass(frozen=True, slots=True)
class Agreement:
    """A judge against humans on the same answers, both cut at a threshold into good and bad.

    `kappa` is Cohen's, None when humans and judge all say the same thing. `sensitivity` is the share of humanly good
    answers the judge calls good, `specificity` of bad ones it calls bad; None without such answers. `bias` is the mean
    of judge minus human, uncut. `correlation` is Pearson's, None when one side is constant: the label saving of
    `corrected_mean` is about its square.
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
    answers; where they are, `corrected_mean` is sharper.
    """
    if known.sensitivity is None or known.specificity is None:
        return None
    informed: float = known.sensitivity + known.specificity - 1
    return min(1.0, max(0.0, (observed + known.specificity - 1) / informed)) if informed > 0 else None


def corrected_mean(
    judged: Sequence[float], labelled: Sequence[float], human: Sequence[float], confidence: float = 0.95
) -> Interval:
    """Return the mean human label over all answers, from a judge on all and humans on a random few (PPI++).

    `judged` are the judge's values of the answers without label, `labelled` and `human` those of the answers with one.
    ``mean(human) + λ·(mean(judged) - mean(labelled))`` with λ of least variance (Angelopoulos, Duchi and Zrnic 2023,
    arXiv 2311.01453), so a useless judge costs next to nothing. The interval uses Student's t.

    :raises InputError: fewer than 3 labels, no other answers, or unequal numbers of labels.
    """
    _refuse_unpaired(labelled, human)
    few, many = len(human), len(judged)
    if few < 3 or not many:
        raise InputError(f"A corrected mean needs at least 3 labelled and 1 other answer, got {few} and {many}.")
    y, f, rest = np.asarray(human, float), np.asarray(labelled, float), np.asarray(judged, float)
    spread = float(np.var(np.concatenate([f, rest]), ddof=1))
    covariance = float(np.cov(y, f)[0, 1])
    tuned = min(1.0, max(0.0, covariance / spread / (1 + few / many))) if spread > 0 else 0.0
    mean = float(y.mean() + tuned * (rest.mean() - f.mean()))
    # Two degrees of freedom are spent: the mean, and λ, which was tuned on the same labels.
    variance = float(np.var(y - tuned * f, ddof=2)) / few + tuned**2 * spread / many
    half = two_sided_quantile(confidence, few - 2) * math.sqrt(variance)
    return Interval(mean, mean - half, mean + half, few)


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
