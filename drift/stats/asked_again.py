"""The same questions asked before and again: an exact test of whether fewer answers are right now.

If nothing changed, the answers to one question are draws from one urn, whichever round they belong to. Given how many
of them are right in all, the number right in the later round is hypergeometric; over questions these numbers add up.
The test is exact for any number of questions and repeats (the exact form of Cochran, Mantel and Haenszel's test). With
one answer each side it is McNemar's exact test; with one question it is Fisher's.

Blind: a question that was never right, or is always right, says nothing. Repeats count as draws of their own, so a
system that answers by its mood of the hour, the same all through a round, is not protected by the level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class RepeatedQuestion:
    """One question: how many answers were judged before and now, and how many of them are right."""

    right_before: int
    asked_before: int
    right_now: int
    asked_now: int

    @property
    def change(self) -> float:
        """Share right now less the share before."""
        return self.right_now / self.asked_now - self.right_before / self.asked_before


def fewer_right(questions: Sequence[RepeatedQuestion]) -> float:
    """Return the chance of so few right answers now, or fewer, if nothing changed; 1 where nothing can be told."""
    from scipy.stats import hypergeom

    total = np.ones(1)
    for asked in questions:
        answers, right = asked.asked_before + asked.asked_now, asked.right_before + asked.right_now
        of_one = hypergeom.pmf(np.arange(asked.asked_now + 1), answers, right, asked.asked_now)
        total = np.convolve(total, of_one)
    return float(min(1.0, total[: sum(asked.right_now for asked in questions) + 1].sum()))


def losses_needed(asked_before: int, asked_now: int, level: float) -> int:
    """Return how many questions must go from always right to always wrong to reach `level`, the others unchanged."""
    of_one = -math.log(math.comb(asked_before + asked_now, asked_now))
    return max(1, math.ceil(math.log(level) / of_one - 1e-9))


def questions_needed(losses: int, drop: float, power: float) -> int:
    """Return how many questions show `losses` of them with chance `power` where each is lost with chance `drop`."""
    from scipy.stats import binom

    count = losses
    while binom.sf(losses - 1, count, drop) < power:
        count += 1
    return count


def smallest_loss(losses: int, questions: int, power: float) -> float | None:
    """Return the share lost that shows `losses` questions with chance `power`; None where there are too few."""
    from scipy.stats import beta

    return float(beta.ppf(power, losses, questions - losses + 1)) if losses <= questions else None
