"""The silent-drift table: what `drift` says on real drifts and real nulls, side by side with what others say.

Every row draws two windows many times from public data with labels of others, and counts verdicts and first causes.
In the same run, on the same windows: Evidently 0.7.23 (five embedding methods and column drift, at their defaults; on
fewer resamples) and a z-test at 5 % and with Bonferroni over 90 days. Resamples share records, so intervals are
narrower than those of fresh data would be. Months of daily reports are in `benchmarks.drift_streams`.

Run from the checkout: ``python -m benchmarks.drift_table [--resamples 200] [--explained 40] [--rivals 10]``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks import drift_ragtruth as ragtruth
from benchmarks import drift_scenarios as other
from benchmarks.drift_rivals import evidently_alarms, z_tests
from benchmarks.drift_sets import NOW, SHARED
from benchmarks.rates import interval
from drift.comparison import assess, compare
from drift.settings import DriftSettings
from drift.windows import Window

Drawn = tuple[Window, Window, float | None]
PAGES = {"silent_drift", "ops_incident_and_drift"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: how to draw its windows (with the true change where labels of all know it) and what should be said."""

    name: str
    expected: str
    cause: str
    now: datetime
    draw: Callable[[int], Drawn]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one resample brought."""

    verdict: str
    cause: str
    covered: bool | None
    alarms: dict[str, bool]


@dataclass(frozen=True, slots=True)
class Cell:
    """One rule on one row: how often it alerted, out of how many, with the 95 % interval."""

    pages: int
    of: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """A finished row of the table."""

    scenario: str
    expected: str
    cells: dict[str, Cell]
    verdicts: dict[str, int]
    causes: dict[str, int]
    expected_cause: str
    covered: float | None
    seconds: float


def rows() -> list[Row]:
    """List all rows."""
    corpus = ragtruth.Corpus()
    first = [_from_ragtruth(corpus, scenario) for scenario in ragtruth.scenarios(corpus)]
    return [*first, *(_from_other(scenario) for scenario in other.scenarios())]


def _from_ragtruth(corpus: ragtruth.Corpus, scenario: ragtruth.Scenario) -> Row:
    def draw(seed: int) -> Drawn:
        rng = np.random.default_rng(seed)
        before, after = scenario.draw(rng)
        left = corpus.window("reference", before, ragtruth.START, scenario, rng)
        right = corpus.window("current", after, ragtruth.LATER, scenario, rng)
        bad = [float(np.mean([row["hallucinated"] for row in side])) for side in (before, after)]
        return left, right, bad[0] - bad[1] if scenario.labelled else None

    quiet = scenario.name.startswith(("no drift", "7b → 70b"))
    swap = not quiet and "mistral" not in scenario.name and "13b" not in scenario.name
    expected = "no page" if quiet else "page" if swap else "estimate"
    return Row(f"RAGTruth {scenario.name}", expected, "model_change" if swap else "none", ragtruth.NOW, draw)


def _from_other(scenario: other.Scenario) -> Row:
    def draw(seed: int) -> Drawn:
        return *scenario.draw(np.random.default_rng(seed)), None

    return Row(scenario.name, "no page" if scenario.verdict == "no page" else "page", scenario.cause, NOW, draw)


_ROWS: list[Row] = []


def _one(job: tuple[int, int, bool, bool]) -> Seen:
    place, seed, explained, rivals = job
    row = _ROWS[place]
    with threadpool_limits(1):
        left, right, truth = row.draw(seed)
        report = (compare if explained else assess)(left, right, DriftSettings(), row.now)
        alarms = {**z_tests(left, right), **(evidently_alarms(left, right) if rivals else {})}
    ci = report.quality.ci
    covered = bool(ci[0] <= truth <= ci[1]) if ci and truth is not None else None
    cause = (report.causes[0].cause if report.causes else "none") if explained else ""
    return Seen(report.verdict, cause, covered, alarms)


def summarise(row: Row, seen: list[Seen], seconds: float) -> Line:
    """Count what was seen."""
    cells = {"silentdrift": _cell([item.verdict in PAGES for item in seen])}
    for rule in dict.fromkeys(rule for item in seen for rule in item.alarms):
        cells[rule] = _cell([item.alarms[rule] for item in seen if rule in item.alarms])
    covered = [item.covered for item in seen if item.covered is not None]
    return Line(
        scenario=row.name,
        expected=row.expected,
        cells=cells,
        verdicts=dict(Counter(item.verdict for item in seen)),
        causes=dict(Counter(item.cause for item in seen if item.cause)),
        expected_cause=row.cause,
        covered=float(np.mean(covered)) if covered else None,
        seconds=round(seconds, 1),
    )


def _cell(hits: list[bool]) -> Cell:
    pages = sum(map(bool, hits))
    return Cell(pages, len(hits), *interval(pages, len(hits)))


def shown(line: Line) -> Iterator[str]:
    """Yield a row as lines for a terminal."""
    ours = line.cells["silentdrift"]
    rate = f"{ours.pages / ours.of:.3f} [{ours.low:.3f}, {ours.high:.3f}] of {ours.of}"
    yield f"{line.scenario} (goal: {line.expected}, {line.expected_cause}): alerted {rate}; {line.verdicts}"
    others = [f"{name} {cell.pages}/{cell.of}" for name, cell in line.cells.items() if name != "silentdrift"]
    yield f"    {'; '.join(others)}"
    truth = f"; truth in the interval {line.covered:.3f}" if line.covered is not None else ""
    yield f"    first causes {line.causes}{truth}; {line.seconds} s"


def main() -> int:
    """Print the table row by row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resamples", type=int, default=200)
    parser.add_argument("--explained", type=int, default=40, help="resamples that also name causes (slower)")
    parser.add_argument("--rivals", type=int, default=10, help="resamples that Evidently also sees (slower)")
    parser.add_argument("--only", default="", help="only rows whose name holds this text")
    parser.add_argument("--first", type=int, default=10_000, help="seed of the first resample")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    if not SHARED.exists():
        print("The shared data sets are not beside the checkout: nothing to measure.")
        return 1
    _ROWS.extend(row for row in rows() if wanted.only in row.name)
    lines = []
    with ProcessPoolExecutor(wanted.workers, mp_context=get_context("fork")) as pool:
        for place, row in enumerate(_ROWS):
            began = time.perf_counter()
            jobs = [(place, wanted.first + n, n < wanted.explained, n < wanted.rivals) for n in range(wanted.resamples)]
            line = summarise(row, list(pool.map(_one, jobs, chunksize=2)), time.perf_counter() - began)
            lines.append(line)
            print("\n".join(shown(line)), flush=True)
            if wanted.json:  # after every row: an hour is long
                body = json.dumps([asdict(line) for line in lines], indent=1, ensure_ascii=False)
                wanted.json.write_text(body + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
