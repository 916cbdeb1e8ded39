"""At which level would each window alert? False alerts and seen drops of `drift.compare` for several `alpha` at once.

Windows are those of `benchmarks.drift_table`. Each is judged once with a high `alpha`; the smallest p-value over weight
of a test whose drop is also large enough is the `alpha` from which on it alerts. (Where the scorer's own change is
taken off or scores are missing, the verdict depends on `alpha` in other ways; none of these rows is of that kind.)

Run from the checkout: ``python -m benchmarks.drift_levels [--resamples 75] [--first 20000] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.drift_sets import SHARED
from benchmarks.drift_table import Row, rows
from benchmarks.rates import interval
from drift.comparison import assess
from drift.results import QualityTest
from drift.settings import DriftSettings

LEVELS = (0.01, 0.009, 0.008, 0.0075, 0.007, 0.006, 0.005)
HIGHEST = 0.04
NULL = ("no drift", "vs itself")
DROPS = ("70b → 7b, other questions", "70b → 7b on 30 % of traffic, 400", "BERT → BiDAF")


@dataclass(frozen=True, slots=True)
class Levels:
    """How many of the resamples of a row alert at each of `LEVELS`."""

    scenario: str
    resamples: int
    pages: dict[str, int]


def level_of(tests: Sequence[QualityTest]) -> float:
    """Return the smallest `alpha` at which one of the tests alerts; infinity where none does at `HIGHEST`."""
    return min((test.p_drop / test.weight for test in tests if test.fired), default=float("inf"))


def measure(row: Row, seeds: range) -> Levels:
    """Judge the windows of one row."""
    found = []
    for seed in seeds:
        left, right, _ = row.draw(seed)
        found.append(level_of(assess(left, right, DriftSettings(alpha=HIGHEST), row.now).quality.tests))
    return Levels(row.name, len(seeds), {str(alpha): sum(level <= alpha for level in found) for alpha in LEVELS})


def pooled(name: str, lines: Sequence[Levels]) -> str:
    """Return the alerts of several rows together, with 95 % intervals as if resamples were independent."""
    count = sum(line.resamples for line in lines)
    shown = [f"{name}, {count} resamples:"]
    for alpha in LEVELS:
        pages = sum(line.pages[str(alpha)] for line in lines)
        low, high = interval(pages, count)
        shown.append(f"  alpha {alpha}: {pages} alerts, {pages / count:.2%} [{low:.2%}, {high:.2%}]")
    return "\n".join(shown)


def main() -> int:
    """Print the alerts of each row, and of all unchanged systems together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resamples", type=int, default=75, help="of each row where nothing changed")
    parser.add_argument("--drops", type=int, default=150, help="resamples of each row with a drop")
    parser.add_argument("--first", type=int, default=20_000, help="seed of the first resample")
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    if not SHARED.exists():
        print("The shared data sets are not beside the checkout: nothing to measure.")
        return 1
    found: dict[str, list[Levels]] = {"unchanged": [], "drops": []}
    for row in rows():
        kind = "unchanged" if any(text in row.name for text in NULL) else "drops"
        if kind == "drops" and not any(text in row.name for text in DROPS):
            continue
        count = wanted.resamples if kind == "unchanged" else wanted.drops
        line = measure(row, range(wanted.first, wanted.first + count))
        found[kind].append(line)
        print(line.scenario, line.resamples, line.pages, flush=True)
    print(pooled("Nothing changed", found["unchanged"]))
    if wanted.json:
        body = {kind: [asdict(line) for line in lines] for kind, lines in found.items()}
        wanted.json.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
