"""How much of the traffic must go to the worse model, and how many answers, until it is seen: RAGTruth 70b → 7b.

Three instruments on the same windows: no labels at all (the groundedness proxy), human labels on every answer without a
proxy (the oracle), and human labels on every answer over the same questions (the best there can be). Up to 200 answers
a window the questions of the two windows are different; 400 + 400 different ones do not exist in the public half (478),
so windows of 400 are drawn from it with replacement. Over the same questions 400 do exist.

Run from the checkout: ``python -m benchmarks.drift_shares [--resamples 200] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.drift_ragtruth import LARGE, LATER, NOW, SMALL, START, Corpus, Scenario
from benchmarks.drift_sets import SHARED
from benchmarks.drift_table import PAGES
from benchmarks.rates import interval
from drift.comparison import assess
from drift.settings import DriftSettings

SHARES = (0.3, 0.5, 0.7, 1.0)
SIZES = (100, 200, 400)


@dataclass(frozen=True, slots=True)
class Point:
    """How often one instrument alerted at a share of traffic and a size of both windows, with its binomial interval."""

    share: float
    n: int
    instrument: str
    windows: str
    resamples: int
    pages: int
    low: float
    high: float


def points(corpus: Corpus) -> Iterator[tuple[float, int, str, Scenario]]:
    """Yield every share, size, instrument and how to draw its windows."""
    for share in SHARES:
        for n in SIZES:
            unpaired = corpus.disjoint if n <= 200 else corpus.drawn
            draw = unpaired(LARGE, SMALL, n, share)
            words = "different questions" if n <= 200 else "drawn with replacement"
            yield share, n, "no labels", Scenario(words, draw)
            yield share, n, "labels on all", Scenario(words, draw, 1.0, proxy=False)
            same = corpus.same(LARGE, SMALL, n, share)
            yield share, n, "no labels", Scenario("same questions", same)
            yield share, n, "labels on all", Scenario("same questions", same, 1.0, proxy=False)


def measure(corpus: Corpus, scenario: Scenario, resamples: int) -> int:
    """Count alerts."""
    pages = 0
    for seed in range(resamples):
        rng = np.random.default_rng([seed, 5])
        before, after = scenario.draw(rng)
        left = corpus.window("reference", before, START, scenario, rng)
        right = corpus.window("current", after, LATER, scenario, rng)
        pages += assess(left, right, DriftSettings(), NOW).verdict in PAGES
    return pages


def main() -> int:
    """Print one line a point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resamples", type=int, default=200)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if not SHARED.exists():
        print("The shared data sets are not beside the checkout: nothing to measure.")
        return 1
    corpus = Corpus()
    found: list[Point] = []
    with threadpool_limits(1):
        for share, n, instrument, scenario in points(corpus):
            pages = measure(corpus, scenario, arguments.resamples)
            bounds = interval(pages, arguments.resamples)
            found.append(Point(share, n, instrument, scenario.name, arguments.resamples, pages, *bounds))
            rate = f"{pages / arguments.resamples:.3f} [{bounds[0]:.3f}, {bounds[1]:.3f}]"
            print(f"{share:.0%} of traffic, {n} vs {n}, {scenario.name}, {instrument}: alerted {rate}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(p) for p in found], indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
