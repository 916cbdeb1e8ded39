"""From records to the scores that the alert budget watches: one measure, by day and topic."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from data.records import ScoreSource
from data.scales import rescaled
from drift.budget.alert_budget import Day
from drift.budget.floor import Floor, fit_floor
from drift.quality import best_covered
from drift.settings import DriftSettings
from drift.signals import UNKNOWN, FrozenTopics, freeze_topics
from drift.windows import Window

Measure = tuple[str, ScoreSource, str]


def measure_to_watch(reference: Window, settings: DriftSettings) -> Measure | None:
    """Return metric, source and scorer version that speak for most answers of the baseline; None where none does.

    A score on a chosen sample of answers cannot be watched day by day: its days differ in what was chosen.
    """
    return best_covered(reference, settings)


def learn(
    reference: Window, known: Measure | None, settings: DriftSettings
) -> tuple[Measure, FrozenTopics, Floor] | None:
    """Learn measure (unless `known`), topics and floor of a baseline; None with fewer than `min_records` scores."""
    reference = _on_scale(reference)
    measure = known or measure_to_watch(reference, settings)
    topics = freeze_topics(reference.traffic, settings.seed)
    if topics is None or measure is None:
        return None
    day = scored_day(reference, measure, topics, date.min)
    if day.values.size < settings.min_records:
        return None
    place = np.where(day.topics == UNKNOWN, 0, day.topics)
    floor = fit_floor(day.values, place, len(topics.names), settings.confidence, settings.minimal_drop)
    return measure, topics, floor


def scored_day(window: Window, measure: Measure, topics: FrozenTopics, at: date) -> Day:
    """Return the scores that users' answers of `window` carry by `measure`, with their topics."""
    values = {
        score.interaction_id: score.value
        for score in window.scores
        if score.value is not None
        and 0.0 <= score.value <= 1.0
        and (score.metric, score.source, score.scorer_version) == measure
    }
    scored = [
        item
        for item in window.interactions
        if item.kind == "user" and item.id in values and (item.outcome == "answered" or measure[1] != "proxy")
    ]
    return Day(at, np.array([values[item.id] for item in scored], dtype=np.float64), topics.assign(scored))


def by_day(window: Window) -> list[tuple[date, Window]]:
    """Cut a window into UTC days, oldest first; a day without records between two with some is there, empty.

    Scores come on the scale from 0 to 1.
    """
    if not window.interactions:
        return []
    window = _on_scale(window)
    items: dict[date, list[int]] = {}
    for row, item in enumerate(window.interactions):
        items.setdefault(item.at.date(), []).append(row)
    place = {item.id: item.at.date() for item in window.interactions}
    scores: dict[date, list[int]] = {}
    for row, score in enumerate(window.scores):
        if score.interaction_id in place:
            scores.setdefault(place[score.interaction_id], []).append(row)
    days = [date.fromordinal(n) for n in range(min(items).toordinal(), max(items).toordinal() + 1)]
    return [
        (
            day,
            Window(
                day.isoformat(),
                tuple(window.interactions[row] for row in items.get(day, [])),
                tuple(window.scores[row] for row in scores.get(day, [])),
            ),
        )
        for day in days
    ]


def _on_scale(window: Window) -> Window:
    return replace(window, scores=rescaled((window.scores,)).sides[0])
