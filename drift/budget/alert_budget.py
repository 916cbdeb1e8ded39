"""One false-alert budget over months: "at most one false alert in N days", however often one looks.

Two watchers share it half and half, so that together they open a false incident once in N days at most, on average:

1. An e-detector (Shin, Ramdas and Rinaldo 2024, "E-detectors") adds up evidence over closed days. With the e-value
   e_t of day t it is S_t = (S_{t−1} + 1) · e_t, and it alerts when S reaches 2N. While quality is at its floor or
   above, the average time to that is at least 2N days. A drop of any age is found, small ones after some days.
2. The window tests of each report find what is large and sudden. A report gets the level g / 2N, g being the days since
   the report before it (never more than `alpha`). Over T days the levels add up to T / 2N, and so does the expected
   number of false alerts. Windows may overlap as they like: linearity of expectation needs no independence.

Reports made on one day share one level: they look at nearly the same records. While an incident is open its window
tests use `alpha`, so that the next report does not withdraw an alert. That is the same alert, not another one. What is
simulated, with reports every hour too, stands in `benchmarks/drift_streams.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from data.records import ScoreSource
from drift.budget.floor import Floor
from drift.results import AlertBudget
from drift.settings import DriftSettings
from drift.stats import STAKES

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARE = 0.5
"""Each watcher's share of the budget."""

_CEILING = 1e5
"""Evidence beyond this is not added up: a system that is well again must be able to work it off in some days."""


@dataclass(frozen=True, slots=True)
class AlertState:
    """What is carried from day to day: the evidence at each stake, and how many days were seen."""

    levels: tuple[float, ...] = (0.0,) * len(STAKES)
    days: int = 0

    @property
    def evidence(self) -> float:
        """Evidence for a drop so far, in days of the whole budget: an alert is due when it reaches the budget."""
        return SHARE * sum(self.levels) / len(self.levels)


def add_day(state: AlertState, values: Array, floors: Array) -> AlertState:
    """Add the scores of one more day, in [0, 1], each with the least mean that the baseline promises for its kind.

    A day without scores changes nothing but the count. The day's e-value is the product of 1 + λ (floor − score), with
    one λ for all, small enough that no factor is negative: with mean scores at their floors on the day's average or
    above, its expectation is at most 1.
    """
    if not values.size:
        return replace(state, days=state.days + 1)
    bets = np.array(STAKES) / max(1.0 - float(floors.min()), 1e-3)
    gains = np.maximum(bets[:, None] * (floors - values)[None, :], -1 + 1e-6)
    factors = np.exp(np.minimum(np.log1p(gains).sum(axis=1), 50.0))
    levels = np.minimum((np.array(state.levels) + 1.0) * factors, _CEILING)
    return AlertState(tuple(float(level) for level in levels), state.days + 1)


@dataclass(frozen=True, slots=True)
class Watch:
    """What one baseline's watch remembers between reports; it begins anew with a new version of the baseline.

    `last_day` is the last closed day whose scores were added, `looked` the day of the last report, `before` the day of
    the last report before that day, and `open` says whether the last report alerted. `measure` is the metric, source
    and scorer version of the scores, None where no score speaks for most answers of the baseline.
    """

    measure: tuple[str, ScoreSource, str] | None
    last_day: date
    state: AlertState = AlertState()
    looked: date | None = None
    before: date | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """The scores of one closed day by the watch's measure, and the topic of each; −1 is a topic of no baseline."""

    at: date
    values: Array
    topics: Ints


def advance(watch: Watch, days: list[Day], floor: Floor) -> Watch:
    """Add the closed days that the watch has not seen, in order; days it has seen are left as they were counted."""
    for day in sorted(days, key=lambda item: item.at):
        if day.at > watch.last_day:
            known = day.topics >= 0
            floors = floor.of(day.topics[known])
            watch = replace(watch, state=add_day(watch.state, day.values[known], floors), last_day=day.at)
    return watch


def look(watch: Watch, today: date, settings: DriftSettings) -> tuple[Watch, AlertBudget]:
    """Take a look on `today`: say what this report may alert on, and remember that it was made."""
    before = watch.before if watch.looked == today else watch.looked
    gap = max((today - before).days, 1) if before else max((today - watch.last_day).days, watch.state.days, 1)
    level = settings.alpha if watch.open else min(settings.alpha, (1 - SHARE) * gap / settings.false_alert_days)
    evidence = watch.state.evidence
    budget = AlertBudget(
        days=watch.state.days,
        evidence=evidence,
        budget_days=settings.false_alert_days,
        level=level,
        alerted=evidence >= settings.false_alert_days,
        measure=f"{watch.measure[0]} ({watch.measure[1]})" if watch.measure else "",
    )
    return replace(watch, looked=today, before=before), budget
