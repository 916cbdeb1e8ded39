"""What a report costs: time and memory by window size, from records and from sketches, with Evidently on the same.

Synthetic records (no texts; 384-dimensional float16 vectors of question and answer, a proxy score, latency), as only
counts matter here. Each cell runs in a process of its own, whose peak memory is its own too, less what its windows
took before. From records: `drift.compare` on N against N / 10. From sketches: N a tenth in the current window, merged
from days of 5,000 records; the days are sketched once, as traffic comes, and that time is shown apart. Evidently:
`DataDriftPreset` over the score and its embedding drift (model) on the answer vectors, on the same numbers.

Run from the checkout: ``python -m benchmarks.drift_cost [--largest 100000] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from data.records import Fingerprint, Interaction, Score
from drift.comparison import compare
from drift.settings import DriftSettings
from drift.signals.frozen_topics import freeze_topics
from drift.sketches.compare import Days, compare_sketches
from drift.sketches.day import from_bytes, sketch, to_bytes
from drift.windows import Window

START = datetime(2026, 1, 1, tzinfo=UTC)
WIDTH, DAY = 384, 5_000
NOW = START + timedelta(days=2_000)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds and peak megabytes beyond the windows themselves; `prepared` are seconds spent once, before."""

    what: str
    reference: int
    current: int
    seconds: float
    megabytes: float
    prepared: float = 0.0


def records(name: str, count: int, day: int, seed: int) -> Window:
    """Make a window of one record every 17 seconds."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(30, WIDTH))
    items, scores = [], []
    mark = Fingerprint(chat_model="m", embedder="e")
    for start in range(0, count, 10_000):
        size = min(10_000, count - start)
        topics = rng.integers(30, size=size)
        vectors = [(centres[topics] + rng.normal(size=(size, WIDTH))) / 30 for _ in range(2)]
        raw = [rows.astype("<f2") for rows in vectors]
        for row in range(size):
            key = f"{name}{start + row}"
            at = START + timedelta(days=day, seconds=17 * (start + row))
            items.append(
                Interaction(
                    key,
                    at,
                    f"question {row}",
                    "answer.",
                    latency_ms={"total": float(rng.lognormal(6, 0.4))},
                    fingerprint=mark,
                    question_vector=raw[0][row].tobytes(),
                    answer_vector=raw[1][row].tobytes(),
                )
            )
            scores.append(Score(key, "groundedness", float(rng.beta(6, 2)), "proxy", "", "lexical", "1"))
    return Window(name, tuple(items), tuple(scores))


def from_records(count: int) -> Cost:
    """Compare `count` records with a tenth as many."""
    left, right = records("a", count, 0, 1), records("b", count // 10, 60, 2)
    seconds, megabytes = _measured(lambda: compare(left, right, DriftSettings(), NOW))
    return Cost("drift report from records", count, count // 10, seconds, megabytes)


def from_sketches(count: int) -> Cost:
    """Compare the sketches of `count` records with those of a tenth as many.

    A day's sketch does not depend on how many other days there are: 20 days are drawn and stand for all.
    """
    drawn = [records("d", DAY, 0, seed) for seed in range(4)]
    topics = freeze_topics(drawn[0].interactions, 0)
    assert topics is not None
    began = time.perf_counter()
    bodies = [to_bytes(sketch(day.interactions, day.scores, topics, 1.0)) for day in drawn]
    each = (time.perf_counter() - began) / len(drawn)
    sizes = count // DAY, max(count // 10 // DAY, 3)

    def report() -> None:
        sides = []
        for name, first, days in (("a", 0, sizes[0]), ("b", sizes[0], sizes[1])):
            parts = [from_bytes(bodies[number % len(bodies)]) for number in range(days)]
            named = [(date(2026, 1, 1) + timedelta(days=first + n), part) for n, part in enumerate(parts)]
            sides.append(Days(name, tuple(named)))
        compare_sketches(sides[0], sides[1], DriftSettings(), NOW)

    seconds, megabytes = _measured(report)
    return Cost("drift report from sketches", sizes[0] * DAY, sizes[1] * DAY, seconds, megabytes, each * sum(sizes))


def from_evidently(count: int) -> Cost:
    """Let Evidently look at `count` scores and answer vectors and a tenth as many."""
    import pandas as pd
    from evidently import DataDefinition, Dataset, Report
    from evidently.legacy.metrics.data_drift.embedding_drift_methods import model
    from evidently.presets import DataDriftPreset

    rng = np.random.default_rng(0)
    frames = [pd.DataFrame(rng.normal(size=(n, WIDTH)).astype(np.float32)) for n in (count, count // 10)]
    scores = [pd.DataFrame({"score": rng.beta(6, 2, n)}) for n in (count, count // 10)]
    for frame in frames:
        frame.columns = [f"d{number}" for number in range(WIDTH)]

    def report() -> None:
        definition = DataDefinition(numerical_columns=["score"])
        sets = [Dataset.from_pandas(frame, data_definition=definition) for frame in scores]
        Report([DataDriftPreset()]).run(current_data=sets[1], reference_data=sets[0])
        model()(frames[1], frames[0])

    seconds, megabytes = _measured(report)
    return Cost("Evidently, score and embedding model", count, count // 10, seconds, megabytes)


def _measured(work: Callable[[], object]) -> tuple[float, float]:
    before, began = _peak(), time.perf_counter()
    work()
    return round(time.perf_counter() - began, 2), round(_peak() - before, 1)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cells(largest: int) -> Iterator[tuple[Callable[[int], Cost], int]]:
    """List what is measured, smallest first."""
    sizes = [size for size in (1_000, 10_000, 30_000, 100_000) if size <= largest]
    yield from ((from_records, size) for size in sizes)
    yield from ((from_evidently, size) for size in sizes)
    yield from ((from_sketches, size) for size in (100_000, 1_000_000))


def main() -> int:
    """Print one line a cell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    costs = []
    for work, size in cells(arguments.largest):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            cost = pool.submit(work, size).result()
        costs.append(cost)
        once = f" (sketching all days once: {cost.prepared:.0f} s)" if cost.prepared else ""
        print(
            f"{cost.what}, {cost.reference:,} vs {cost.current:,}: {cost.seconds} s, {cost.megabytes} MB{once}",
            flush=True,
        )
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(cost) for cost in costs], indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
