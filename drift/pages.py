"""One false-page budget over months: "at most one false page in N days", however often one looks.

An e-detector (Shin, Ramdas and Rinaldo 2024, "E-detectors"): evidence for a drop that began on any earlier day is added
up, S_t = (S_{t−1} + 1) · e_t with the e-value e_t of day t, and a page is due when S reaches N. While quality stays at
its floor or above, the average time to a page is at least N days, with no assumption on how the days are distributed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drift.betting import STAKES
from drift.estimate import mean_interval

_CEILING = 1e12


@dataclass(frozen=True, slots=True)
class PageState:
    """What is carried from day to day: the floor of quality, the evidence at each stake, and how many days were seen.

    `floor` is the lower confidence limit of the reference mean: a page says "below even the pessimistic reading of the
    reference", and the promise on false pages holds as surely as that limit does.
    """

    floor: float
    levels: tuple[float, ...]
    days: int = 0

    @property
    def evidence(self) -> float:
        """Evidence for a drop so far, in days of the budget: a page is due when it reaches the budget."""
        return sum(self.levels) / len(self.levels)

    def budget_used(self, false_page_days: float) -> float:
        """Share of the budget that the evidence fills; 1 or more is a page."""
        return self.evidence / false_page_days


def start_pages(reference: NDArray[np.float64], confidence: float) -> PageState:
    """Begin a watch against a pinned reference, its scores in [0, 1]."""
    low = mean_interval(reference, confidence)[0]
    return PageState(floor=float(np.clip(low, 0.0, 1.0)), levels=(0.0,) * len(STAKES))


def add_day(state: PageState, values: NDArray[np.float64]) -> PageState:
    """Add the scores of one more day; a day without scores changes nothing but the count.

    After a page that was dealt with, begin again with `start_pages`.
    """
    if not values.size:
        return PageState(state.floor, state.levels, state.days + 1)
    bets = np.array(STAKES) / max(1.0 - state.floor, 1e-3)
    gains = np.maximum(bets[:, None] * (state.floor - values[None, :]), -1 + 1e-6)
    factors = np.exp(np.minimum(np.log1p(gains).sum(axis=1), 50.0))
    levels = np.minimum((np.array(state.levels) + 1.0) * factors, _CEILING)
    return PageState(state.floor, tuple(float(level) for level in levels), state.days + 1)
