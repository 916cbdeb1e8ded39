"""When does a slow decay alert? RealTimeQA: one fixed pipeline (GPT-3 + Google search), week by week through 2023.

The baseline is its answers to the questions of June to December 2022. Every week of 2023 is reported on with the
questions of the last four weeks, within the alert budget of one false alert in 180 days, as reports on schedule are.
The public half holds about 15 questions a week. Resamples leave a fifth of all questions out.

Run from the checkout: ``python -m benchmarks.drift_weekly [--resamples 30] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.drift_sets import SHARED, realtimeqa
from data.records import Interaction, Score
from drift.budget.alert_budget import Watch, advance, look
from drift.budget.watch import by_day, learn, scored_day
from drift.comparison import compare
from drift.settings import DriftSettings
from drift.windows import Window

SYSTEM = "open_gpt3_gcs"
BEGUN, TURN, END = (datetime(*at, tzinfo=UTC) for at in ((2022, 6, 1), (2023, 1, 1), (2023, 12, 10)))
WEEKS = 4
PAGES = ("silent_drift", "ops_incident_and_drift")
SETTINGS = DriftSettings()


@dataclass(frozen=True, slots=True)
class Watched:
    """The date of the first alert and its first cause, the first causes of all alerts, and the number of reports."""

    first: str | None
    cause: str
    causes: dict[str, int]
    reports: int


def part(window: Window, since: datetime, until: datetime, name: str) -> Window:
    """Return the records of a period with their scores."""
    items = tuple(item for item in window.interactions if since <= item.at < until)
    kept = {item.id for item in items}
    return Window(name, items, tuple(score for score in window.scores if score.interaction_id in kept), since, until)


def watched(stream: Window) -> Watched:
    """Report week by week."""
    reference = part(stream, BEGUN, TURN, "2022")
    learnt = learn(reference, None, SETTINGS)
    assert learnt is not None
    measure, topics, floor = learnt
    watch = Watch(measure, TURN.date() - timedelta(days=1))
    pages: list[tuple[datetime, str]] = []
    reports, now = 0, TURN + timedelta(weeks=1)
    while now <= END:
        since = datetime.combine(watch.last_day + timedelta(days=1), datetime.min.time(), UTC)
        days = [scored_day(window, measure, topics, day) for day, window in by_day(part(stream, since, now, "new"))]
        watch, budget = look(advance(watch, days, floor), now.date(), SETTINGS)
        current = part(stream, max(TURN, now - timedelta(weeks=WEEKS)), now, "current")
        made = compare(reference, current, SETTINGS, now, budget)
        watch = replace(watch, open=made.quality.status == "drifted")
        if made.verdict in PAGES:
            pages.append((now, made.causes[0].cause if made.causes else "none"))
        reports, now = reports + 1, now + timedelta(weeks=1)
    first = pages[0] if pages else None
    causes = dict(Counter(cause for _, cause in pages))
    return Watched(f"{first[0]:%Y-%m-%d}" if first else None, first[1] if first else "none", causes, reports)


def sampled(items: Sequence[Interaction], scores: Sequence[Score], seed: int) -> Window:
    """Leave a fifth of the questions out; none for seed 0."""
    rng = np.random.default_rng(seed)
    kept = tuple(item for item in items if seed == 0 or rng.random() < 0.8)
    ids = {item.id for item in kept}
    return Window("all", kept, tuple(score for score in scores if score.interaction_id in ids))


def main() -> int:
    """Print the whole stream, then what resamples of it say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resamples", type=int, default=30)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if not SHARED.exists():
        print("The shared data sets are not beside the checkout: nothing to measure.")
        return 1
    every = realtimeqa(SYSTEM, ("2022/06", "2024/01"), ("2022/06", "2024/01"), 10_000)(np.random.default_rng(0))[0]
    with threadpool_limits(1):
        found = [watched(sampled(every.interactions, every.scores, n)) for n in range(arguments.resamples + 1)]
    whole, rest = found[0], found[1:]
    print(f"all questions: first alert {whole.first} ({whole.cause}); of {whole.reports} reports alert {whole.causes}")
    firsts = sorted(item.first for item in rest if item.first)
    if firsts:
        low, middle, high = (firsts[int(q * (len(firsts) - 1))] for q in (0.05, 0.5, 0.95))
        print(
            f"four fifths of them: alerted {len(firsts)}/{len(rest)}, first on {middle} (5 % to 95 %: {low} to {high})"
        )
    total = sum((Counter(item.causes) for item in rest), Counter[str]())
    print(f"causes of the first alerts {dict(Counter(item.cause for item in rest))}, of all alerts {dict(total)}")
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(item) for item in found], indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
