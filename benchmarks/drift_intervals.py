"""Does the interval of a change of quality hold the truth? RAGTruth QA with 50 human labels a window.

Two truths are asked about. Windows drawn with replacement from the 478 public questions are samples of a population
whose change is known: an interval of 95 % must hold that change in 95 of 100 draws. Windows of different questions are
compared with the labels of all their answers; as 50 of the 200 answers are in both, an interval for the population is
too wide for that, by sqrt(1 − 50/200) for labels alone. Beside ours: Welch's interval from the labels alone, and
`truescore` 0.7.4 (Apache-2.0; PPI++ of each window, errors in quadrature) where it is installed:
``pip install --no-deps truescore==0.7.4``.

Run from the checkout: ``python -m benchmarks.drift_intervals [--resamples 500] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.drift_ragtruth import LARGE, LATER, NOW, SMALL, START, Corpus, Draw, Row, Scenario
from benchmarks.drift_sets import SHARED, label
from benchmarks.rates import interval
from drift.comparison import assess
from drift.settings import DriftSettings
from drift.stats.means import difference
from drift.windows import Window

LABELS = 50
MODELS = ("mistral-7B-instruct", "llama-2-13b-chat", SMALL, LARGE)
Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Case:
    """Windows of `n` answers; `truth` is the change in the population, None where labels of all answers say it."""

    name: str
    draw: Draw
    n: int
    truth: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """How often one way to make an interval held the truth, with its binomial interval, and its mean width."""

    case: str
    method: str
    resamples: int
    covered: float
    low: float
    high: float
    width: float


def cases(corpus: Corpus) -> Iterator[Case]:
    """Yield all cases; the last model is no change at all."""
    for model in MODELS:
        change = corpus.true_change(LARGE, model)
        for n in (200, 400):
            draw = corpus.drawn(LARGE, model, n)
            yield Case(f"70b → {model}, {n} drawn with replacement, population", draw, n, change)
        yield Case(f"70b → {model}, 200 different, labels of all", corpus.disjoint(LARGE, model, 200), 200, None)


def bounds(corpus: Corpus, case: Case, seed: int) -> tuple[float, dict[str, Bounds]]:
    """Return the truth and the interval of every method for one draw."""
    rng = np.random.default_rng([seed, LABELS])
    sides = case.draw(rng)
    chosen = [rng.permutation(len(side))[:LABELS] for side in sides]
    windows = [
        corpus.window(name, side, start, Scenario("", case.draw, 0.0), rng)
        for name, side, start in zip(("reference", "current"), sides, (START, LATER), strict=True)
    ]
    labelled = [_with_labels(*parts) for parts in zip(windows, sides, chosen, strict=True)]
    report = assess(labelled[0], labelled[1], DriftSettings(), NOW)
    good = [np.array([float(not row["hallucinated"]) for row in side]) for side in sides]
    labels = [values[rows] for values, rows in zip(good, chosen, strict=True)]
    plain = difference(labels[0], labels[1], 0.95)
    found = {"labels alone": (plain.low, plain.high)}
    if report.quality.ci:
        found["silentdrift"] = report.quality.ci
    if find_spec("truescore"):
        found["truescore"] = _truescore(windows, sides, labels, chosen)
    truth = case.truth if case.truth is not None else float(good[1].mean() - good[0].mean())
    return truth, found


def _with_labels(window: Window, rows: Sequence[Row], chosen: np.ndarray) -> Window:
    picked = [rows[place] for place in chosen]
    human = [label(row["response_id"], float(not row["hallucinated"]), "grounded", "human") for row in picked]
    return Window(window.name, window.interactions, (*window.scores, *human))


def _truescore(
    windows: Sequence[Window],
    sides: Sequence[Sequence[Row]],
    labels: Sequence[np.ndarray],
    chosen: Sequence[np.ndarray],
) -> Bounds:
    from truescore import ppi_estimate

    points, errors = [], []
    for window, side, values, rows in zip(windows, sides, labels, chosen, strict=True):
        scores = _scores(window)
        known = np.array([row["response_id"] in scores for row in side])
        place = np.cumsum(known) - 1
        kept = known[rows]
        proxy = np.array([scores[row["response_id"]] for row in side if row["response_id"] in scores])
        estimate = ppi_estimate(proxy, values[kept], place[rows[kept]])
        points.append(estimate.point)
        errors.append(estimate.standard_error)
    half = 1.96 * float(np.hypot(*errors))
    return points[1] - points[0] - half, points[1] - points[0] + half


def _scores(window: Window) -> Mapping[str, float]:
    return {score.interaction_id: score.value for score in window.scores if score.value is not None}


def measure(corpus: Corpus, case: Case, resamples: int) -> Iterator[Result]:
    """Count over draws."""
    drawn = [bounds(corpus, case, seed) for seed in range(resamples)]
    for method in sorted({method for _, found in drawn for method in found}):
        pairs = [(truth, found[method]) for truth, found in drawn if method in found]
        hits = sum(low <= truth <= high for truth, (low, high) in pairs)
        width = float(np.mean([high - low for _, (low, high) in pairs]))
        yield Result(case.name, method, len(pairs), hits / len(pairs), *interval(hits, len(pairs)), width)


def main() -> int:
    """Print one line a case and method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resamples", type=int, default=500)
    parser.add_argument("--only", default="", help="only cases whose name holds this text")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if not SHARED.exists():
        print("The shared data sets are not beside the checkout: nothing to measure.")
        return 1
    corpus = Corpus()
    results: list[Result] = []
    with threadpool_limits(1):
        for case in cases(corpus):
            if arguments.only in case.name:
                found = list(measure(corpus, case, arguments.resamples))
                results += found
                print("\n".join(map(shown, found)), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(r) for r in results], indent=1) + "\n", encoding="utf-8")
    return 0


def shown(result: Result) -> str:
    """Return a result as a line."""
    rate = f"{result.covered:.3f} [{result.low:.3f}, {result.high:.3f}] of {result.resamples}"
    return f"{result.case}: {result.method:<13} holds the truth in {rate}, width {result.width:.3f}"


if __name__ == "__main__":
    sys.exit(main())
