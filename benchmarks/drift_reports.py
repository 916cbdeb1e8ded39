"""Alerts over 90 days of whole daily reports: real questions, answers, passages and scores, not simulated ones.

Every day 30 answers of llama-2-70b-chat (RAGTruth QA, public half) are drawn with replacement, each asked in words of
its own; the baseline holds 300. Each day `assess` compares the last 7 days with the baseline, within the alert budget
of one false alert in 180 days, as reports on schedule do: all tests of a report, not only the score. After
day 45 a share of the traffic is answered by llama-2-7b-chat, whose answers are hallucinated 15.5 points more often. An
incident that was opened falsely is dealt with: the evidence begins anew. Scores are out of fold, see
`benchmarks.drift_ragtruth`.

Run from the checkout: ``python -m benchmarks.drift_reports [--streams 40] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.drift_ragtruth import LARGE, SMALL, START, Corpus, Scenario
from benchmarks.drift_sets import SHARED
from benchmarks.drift_table import PAGES
from benchmarks.rates import interval
from drift.budget.alert_budget import AlertState, Watch, advance, look
from drift.budget.watch import learn, scored_day
from drift.comparison import assess
from drift.settings import DriftSettings
from drift.windows import Window

DAYS, ONSET, DAILY, REFERENCE, WINDOW = 90, 45, 30, 300, 7
SHARES = (0.0, 0.33, 0.65)
"""Shares of the traffic that go to the smaller model: no drop, one of 5 points and one of 10."""
SETTINGS = DriftSettings()
NO_LABELS = Scenario("reports", lambda rng: ([], []))


@dataclass(frozen=True, slots=True)
class Result:
    """Over all streams: those with a false alert, false alerts per 180 healthy days, the share caught and the delay."""

    share: float
    streams: int
    paged_falsely: int
    low: float
    high: float
    false_per_180_days: float
    caught: float
    median_delay: float | None


def opened(corpus: Corpus, share: float, seed: int) -> list[int]:
    """Return the days on which an incident opened in one stream."""
    rng = np.random.default_rng([seed, int(100 * share), 9])
    baseline = _day(corpus, 0, 0.0, REFERENCE, rng)
    learnt = learn(baseline, None, SETTINGS)
    assert learnt is not None
    measure, topics, floor = learnt
    watch = Watch(measure, START.date())
    days: list[Window] = []
    found: list[int] = []
    for number in range(1, DAYS + 1):
        days.append(_day(corpus, number, share if number > ONSET else 0.0, DAILY, rng))
        today = START + timedelta(days=number)
        watch, budget = look(watch, today.date(), SETTINGS)
        report = assess(baseline, _joined(days[-WINDOW:]), SETTINGS, today + timedelta(days=1), budget)
        paged = report.verdict in PAGES
        if paged and not watch.open:
            found.append(number)
            if number <= ONSET or share == 0.0:
                watch = replace(watch, state=AlertState())
        watch = replace(watch, open=paged)
        watch = advance(watch, [scored_day(days[-1], measure, topics, today.date())], floor)
    return found


def _day(corpus: Corpus, number: int, share: float, n: int, rng: np.random.Generator) -> Window:
    _, rows = corpus.drawn(LARGE, SMALL, n, share)(rng)
    named = [row | {"response_id": f"{row['response_id']}d{number}"} for row in rows]
    return corpus.window(f"day {number}", named, START + timedelta(days=number), NO_LABELS, rng)


def _joined(days: list[Window]) -> Window:
    items = tuple(item for day in days for item in day.interactions)
    return Window("current", items, tuple(score for day in days for score in day.scores))


def summarised(share: float, streams: list[list[int]]) -> Result:
    """Sum up the streams of one share."""
    healthy = ONSET if share else DAYS
    false = [sum(day <= healthy for day in stream) for stream in streams]
    late = [next((day - ONSET for day in stream if day > ONSET), None) for stream in streams] if share else []
    delays = [delay for delay in late if delay is not None]
    hit = sum(map(bool, false))
    return Result(
        share,
        len(streams),
        hit,
        *interval(hit, len(streams)),
        sum(false) / (healthy * len(streams)) * 180,
        len(delays) / len(streams),
        float(np.median(delays)) if delays else None,
    )


def _streams(share: float, seeds: range) -> list[list[int]]:
    with threadpool_limits(1):
        corpus = Corpus()
        return [opened(corpus, share, seed) for seed in seeds]


def main() -> int:
    """Print one line a share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=40)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if not SHARED.exists():
        print("The shared data sets are not beside the checkout: nothing to measure.")
        return 1
    results: list[Result] = []
    with ProcessPoolExecutor(arguments.workers) as pool:
        for share in SHARES:
            parts = [range(at, arguments.streams, arguments.workers) for at in range(arguments.workers)]
            streams = [stream for part in pool.map(_streams, [share] * len(parts), parts) for stream in part]
            found = summarised(share, streams)
            results.append(found)
            caught = f"; caught {found.caught:.3f}, median delay {found.median_delay} days" if share else ""
            print(
                f"{share:.0%} of traffic to the smaller model: a false alert in {found.paged_falsely}/{found.streams} "
                f"streams, {found.false_per_180_days:.2f} per 180 days{caught}",
                flush=True,
            )
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(item) for item in results], indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
