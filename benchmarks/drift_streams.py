"""Alerts over 90 days of daily reports: a daily z-test, Bonferroni over the days, and our alert budget.

Simulated streams of binary quality on four topics that differ (0.95 to 0.75, 0.85 in all), 200 scored answers a day and
a baseline of 2,000; on weekends people ask harder things (0.80 in all), which is no drop. A drop begins on day 45. The
budget's own window test looks at the last 7 days within topics; "every hour" makes 24 reports a day of the same stream.
False alerts are counted as incidents that open: a rule that stays red alerts once.

Run from the checkout: ``python -m benchmarks.drift_streams [--streams 1000] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from benchmarks.rates import interval
from drift.budget.alert_budget import Day, Watch, advance, look
from drift.budget.floor import fit_floor
from drift.settings import DriftSettings
from drift.stats import means as est

DAYS, ONSET, DAILY, REFERENCE = 90, 45, 200, 2000
TOPIC_QUALITY = np.array([0.95, 0.90, 0.80, 0.75])
WEEKDAY, WEEKEND = np.array([0.25, 0.25, 0.25, 0.25]), np.array([0.05, 0.20, 0.30, 0.45])
START = date(2026, 1, 5)  # a Monday
SETTINGS = DriftSettings()
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Result:
    """Over all streams: the share with a false alert in the healthy days, false alerts per 180 of them, and delays."""

    drop: float
    weekends: bool
    rule: str
    streams: int
    false_share: float
    low: float
    high: float
    false_per_180_days: float
    caught: float
    median_delay: float | None


@dataclass(frozen=True, slots=True)
class Stream:
    """Scores and topics of the baseline and of every day."""

    reference: tuple[Floats, NDArray[np.int64]]
    days: list[tuple[Floats, NDArray[np.int64]]]


def draw(rng: np.random.Generator, drop: float, weekends: bool) -> Stream:
    """Draw one stream."""
    days = []
    for day in range(1, DAYS + 1):
        mix = WEEKEND if weekends and (START + timedelta(days=day)).weekday() >= 5 else WEEKDAY
        days.append(_scores(rng, DAILY, mix, drop if day > ONSET else 0.0))
    return Stream(_scores(rng, REFERENCE, WEEKDAY, 0.0), days)


def _scores(rng: np.random.Generator, n: int, mix: Floats, drop: float) -> tuple[Floats, NDArray[np.int64]]:
    topics = rng.choice(len(mix), size=n, p=mix)
    return rng.binomial(1, TOPIC_QUALITY[topics] - drop).astype(float), topics


def openings(stream: Stream, looks: int) -> dict[str, list[int]]:
    """Return, per rule, the days on which an incident opened."""
    reference = stream.reference[0]
    z = np.array([_z(reference, values) for values, _ in stream.days])
    return {
        "daily z-test at 5 %": _starts(z < norm.ppf(0.05)),
        "z-test, Bonferroni over 90 days": _starts(z < norm.ppf(0.05 / DAYS)),
        f"alert budget, {'every hour' if looks > 1 else 'every day'}": list(budgeted(stream, looks)),
    }


def budgeted(stream: Stream, looks: int) -> Iterator[int]:
    """Yield the days on which `drift.budget.alert_budget` opens an incident, with `looks` reports a day."""
    values, topics = stream.reference
    floor = fit_floor(values, topics, len(TOPIC_QUALITY), SETTINGS.confidence, SETTINGS.minimal_drop)
    watch = Watch(("quality", "proxy", "1"), START)
    for number, (scores, kinds) in enumerate(stream.days, start=1):
        today = START + timedelta(days=number)
        for part in range(1, looks + 1):
            cut = DAILY * part // looks
            window = [*stream.days[max(number - 8, 0) : number - 1], (scores[:cut], kinds[:cut])]
            watch, page = look(watch, today, SETTINGS)
            fired = page.alerted or _window_fires(stream.reference, window, page.level)
            if fired and not watch.open:
                yield number
                watch = replace(watch, state=type(watch.state)())  # dealt with: the evidence begins anew
            watch = replace(watch, open=fired)
        watch = advance(watch, [Day(today, scores, kinds)], floor)


def _window_fires(reference: tuple[Floats, Any], window: list[tuple[Floats, Any]], level: float) -> bool:
    values, topics = (np.concatenate([day[place] for day in window]) for place in (0, 1))
    found = est.within_strata(reference[0], values, reference[1], topics, SETTINGS.confidence).estimate
    return found.p_drop <= level and found.delta <= -SETTINGS.minimal_drop


def _z(reference: Floats, day: Floats) -> float:
    spread = reference.var(ddof=1) / reference.size + day.var(ddof=1) / day.size
    return float((day.mean() - reference.mean()) / np.sqrt(spread))


def _starts(hits: NDArray[np.bool_]) -> list[int]:
    fresh = hits & ~np.concatenate([[False], hits[:-1]])
    return [int(place) + 1 for place in np.flatnonzero(fresh)]


def summarise(drop: float, weekends: bool, found: list[dict[str, list[int]]]) -> Iterator[Result]:
    """Sum up all streams, one result a rule."""
    healthy = DAYS if drop == 0 else ONSET
    for rule in found[0]:
        false = [[day for day in stream[rule] if day <= healthy] for stream in found]
        late = [next((day - ONSET for day in stream[rule] if day > ONSET), None) for stream in found]
        delays = [delay for delay in late if delay is not None and drop > 0]
        hit = sum(map(bool, false))
        yield Result(
            drop,
            weekends,
            rule,
            len(found),
            hit / len(found),
            *interval(hit, len(found)),
            sum(map(len, false)) / (healthy * len(found)) * 180,
            len(delays) / len(found),
            float(np.median(delays)) if delays else None,
        )


def main() -> int:
    """Print, for each size of drop, false alerts before it and the delay after it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    results: list[Result] = []
    for drop, weekends, looks in (
        (0.0, False, 1),
        (0.0, True, 1),
        (0.0, True, 24),
        (0.03, True, 1),
        (0.05, True, 1),
        (0.10, True, 1),
    ):
        streams = arguments.streams if looks == 1 else max(arguments.streams // 10, 1)
        seeds = [np.random.default_rng([seed, int(100 * drop)]) for seed in range(streams)]
        for result in summarise(drop, weekends, [openings(draw(rng, drop, weekends), looks) for rng in seeds]):
            results.append(result)
            caught = f"  caught {result.caught:.3f}, median delay {result.median_delay} days" if drop else ""
            print(
                f"drop {drop:.2f}{' weekends' if weekends else ''}  {result.rule}: a false alert in "
                f"{result.false_share:.3f} [{result.low:.3f}, {result.high:.3f}] of {streams} streams, "
                f"{result.false_per_180_days:.2f} per 180 days{caught}",
                flush=True,
            )
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(r) for r in results], indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
