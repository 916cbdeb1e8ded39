"""Alarm rates of `drift.compare` on RAGTruth QA: no drift, a silent model swap, and the same with a few human labels.

Windows of the public half (about 470 questions a model). Proxy scores are out of fold: each answer is scored by
coefficients that saw no answer to the same question. Every rate comes with its 95 % Clopper–Pearson interval; resamples
overlap, as they are drawn from the same questions, so the intervals are narrower than those of fresh data would be.

Run from the checkout: ``python -m benchmarks.drift_ragtruth [--resamples 60] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rates import interval
from benchmarks.train_groundedness import DATA, cross_validated_scores, read_rows
from data.records import Context, Fingerprint, Interaction, Score, content_hash
from drift.comparison import assess, compare
from drift.results import DriftReport
from drift.settings import DriftSettings
from drift.windows import Window

LARGE, SMALL = "llama-2-70b-chat", "llama-2-7b-chat"
MODELS = (LARGE, "llama-2-13b-chat", SMALL, "mistral-7B-instruct")
START = datetime(2026, 1, 1, tzinfo=UTC)
LATER = START + timedelta(days=30)
NOW = START + timedelta(days=60)
PROXY_VERSION = "lexical, out of fold"
Row = dict[str, Any]
Draw = Callable[[np.random.Generator], tuple[list[Row], list[Row]]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """How to draw a reference and a current window, and what share of both carries human labels."""

    name: str
    draw: Draw
    labelled: float = 0.0
    proxy: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """Verdicts over the resamples of one scenario; `low` and `high` bound the rate of silent_drift."""

    scenario: str
    resamples: int
    verdicts: dict[str, int]
    silent_drift: float
    low: float
    high: float
    covered: float | None
    causes: dict[str, int]
    seconds: float


class Corpus:
    """The labelled answers by model and question."""

    def __init__(self) -> None:
        self._scores = cross_validated_scores()
        self._by_model: dict[str, dict[str, Row]] = {model: {} for model in MODELS}
        for row in read_rows():
            self._by_model[row["model"]][row["source_id"]] = row
        self._ids = sorted(set.intersection(*(set(rows) for rows in self._by_model.values())))

    def disjoint(self, before: str, after: str, n: int, share: float = 1.0) -> Draw:
        """Draw `n` questions for each window, none in both; `share` of the current ones are answered by `after`."""

        def draw(rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
            ids = rng.permutation(self._ids)[: 2 * n]
            swapped = rng.random(n) < share
            current = [self._by_model[after if new else before][key] for key, new in zip(ids[n:], swapped, strict=True)]
            return [self._by_model[before][key] for key in ids[:n]], current

        return draw

    def same(self, before: str, after: str, n: int, share: float = 1.0) -> Draw:
        """Draw `n` questions for both windows; `share` of the current ones are answered by `after`."""

        def draw(rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
            ids = rng.permutation(self._ids)[:n]
            current = [after if new else before for new in rng.random(n) < share]
            later = [self._by_model[model][key] for model, key in zip(current, ids, strict=True)]
            return [self._by_model[before][key] for key in ids], later

        return draw

    def drawn(self, before: str, after: str, n: int, share: float = 1.0) -> Draw:
        """Draw `n` questions with replacement for each window, every draw asked in words of its own.

        The public half has 478 questions, so two windows of 400 different ones do not exist; these are samples of the
        478 as a population, and so independent of each other.
        """

        def draw(rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
            ids = rng.choice(self._ids, 2 * n)
            swapped = np.r_[np.zeros(n, dtype=bool), rng.random(n) < share]
            rows = [self._by_model[after if new else before][key] for key, new in zip(ids, swapped, strict=True)]
            copies = [_copy(row, place) for place, row in enumerate(rows)]
            return copies[:n], copies[n:]

        return draw

    def true_change(self, before: str, after: str) -> float:
        """Return the change of the share of answers without hallucination over all questions."""
        means = [np.mean([row["hallucinated"] for row in self._by_model[name].values()]) for name in (before, after)]
        return float(means[0] - means[1])

    def mixed(self, n: int) -> Draw:
        """Draw `n` disjoint questions for each window, every one answered by a model drawn at random."""

        def draw(rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
            ids = rng.permutation(self._ids)[: 2 * n]
            rows = [self._by_model[MODELS[rng.integers(len(MODELS))]][key] for key in ids]
            return rows[:n], rows[n:]

        return draw

    def window(
        self, name: str, rows: Sequence[Row], start: datetime, scenario: Scenario, rng: np.random.Generator
    ) -> Window:
        """Make a window of answered interactions with the scores the scenario allows."""
        items = tuple(_interaction(row, start + timedelta(minutes=i), rng) for i, row in enumerate(rows))
        scores = [score for row in rows for score in self._scores_of(row, scenario, rng)]
        return Window(name, items, tuple(scores))

    def _scores_of(self, row: Row, scenario: Scenario, rng: np.random.Generator) -> Iterator[Score]:
        key = row["response_id"]
        if scenario.proxy:
            value = self._scores.get(key.split("#")[0])
            yield Score(
                key,
                "groundedness",
                value,
                "proxy",
                "" if value is not None else "abstention",
                "groundedness",
                PROXY_VERSION,
            )
        if rng.random() < scenario.labelled:
            yield Score(key, "grounded", float(not row["hallucinated"]), "human", scorer="annotator")


def _copy(row: Row, place: int) -> Row:
    return row | {
        "response_id": f"{row['response_id']}#{place}",
        "question": f"{row['question'].rstrip(' ?.')}, asked as number {place}?",
    }


def _interaction(row: Row, at: datetime, rng: np.random.Generator) -> Interaction:
    passages = tuple(Context(content_hash(text), text=text, text_hash=content_hash(text)) for text in row["passages"])
    return Interaction(
        id=row["response_id"],
        at=at,
        question=row["question"],
        answer=row["response"],
        contexts=passages,
        latency_ms={"total": float(rng.lognormal(6.5, 0.4))},
        fingerprint=Fingerprint(chat_model=row["model"]),
    )


def scenarios(corpus: Corpus) -> list[Scenario]:
    """List the rows of the table."""
    nulls = [
        Scenario(f"no drift: {model} vs itself, 200 vs 200", corpus.disjoint(model, model, 200)) for model in MODELS
    ]
    return [
        *nulls,
        Scenario("no drift: four models mixed, 200 vs 200", corpus.mixed(200)),
        Scenario(f"no drift: {LARGE}, 100 vs 100", corpus.disjoint(LARGE, LARGE, 100)),
        Scenario(f"no drift: {LARGE}, 50 vs 50", corpus.disjoint(LARGE, LARGE, 50)),
        Scenario(f"no drift: {LARGE}, 400 vs 400 with replacement", corpus.drawn(LARGE, LARGE, 400)),
        Scenario(f"no drift: {LARGE}, 30 labels a window", corpus.disjoint(LARGE, LARGE, 200), 0.15),
        Scenario("70b → 7b, other questions, 200 vs 200", corpus.disjoint(LARGE, SMALL, 200)),
        Scenario("70b → 7b, other questions, 30 labels a window", corpus.disjoint(LARGE, SMALL, 200), 0.15),
        Scenario("70b → 7b, same questions, 200 vs 200", corpus.same(LARGE, SMALL, 200)),
        Scenario("70b → 7b, human labels on all, no proxy", corpus.disjoint(LARGE, SMALL, 200), 1.0, proxy=False),
        Scenario("70b → 7b, human labels on all, same questions", corpus.same(LARGE, SMALL, 200), 1.0, proxy=False),
        Scenario("70b → 7b on 30 % of traffic, 230 vs 230", corpus.disjoint(LARGE, SMALL, 230, 0.3)),
        Scenario("70b → 7b on 30 % of traffic, 400 vs 400 with replacement", corpus.drawn(LARGE, SMALL, 400, 0.3)),
        Scenario("7b → 70b (a rise), 200 vs 200", corpus.disjoint(SMALL, LARGE, 200)),
        Scenario("70b → mistral, 50 labels a window", corpus.disjoint(LARGE, "mistral-7B-instruct", 200), 0.25),
        Scenario("70b → 13b, 50 labels a window", corpus.disjoint(LARGE, "llama-2-13b-chat", 200), 0.25),
    ]


def measure(corpus: Corpus, scenario: Scenario, resamples: int, explain: bool) -> Result:
    """Compare the windows of every resample."""
    began = time.perf_counter()
    reports: list[DriftReport] = []
    covered: list[bool] = []
    for seed in range(resamples):
        rng = np.random.default_rng(seed)
        before, after = scenario.draw(rng)
        windows = (
            corpus.window("reference", before, START, scenario, rng),
            corpus.window("current", after, LATER, scenario, rng),
        )
        report = (compare if explain else assess)(*windows, DriftSettings(), NOW)
        reports.append(report)
        truth = float(
            np.mean([row["hallucinated"] for row in before]) - np.mean([row["hallucinated"] for row in after])
        )
        if report.quality.ci and scenario.labelled:
            covered.append(report.quality.ci[0] <= truth <= report.quality.ci[1])
    verdicts = Counter(report.verdict for report in reports)
    hits = verdicts["silent_drift"]
    low, high = interval(hits, resamples)
    causes = Counter(report.causes[0].cause if report.causes else "none" for report in reports) if explain else {}
    return Result(
        scenario=scenario.name,
        resamples=resamples,
        verdicts=dict(verdicts),
        silent_drift=hits / resamples,
        low=low,
        high=high,
        covered=float(np.mean(covered)) if covered else None,
        causes=dict(causes),
        seconds=round((time.perf_counter() - began) / resamples, 3),
    )


def main() -> int:
    """Print one line a scenario."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resamples", type=int, default=60)
    parser.add_argument("--explain", action="store_true", help="also name causes (slower)")
    parser.add_argument("--only", default="", help="run only scenarios whose name holds this text")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if not DATA.exists():
        print(f"{DATA} is not here: this measurement needs the RAGTruth answers beside the checkout.")
        return 1
    corpus = Corpus()
    results = []
    print("silent_drift [95 % interval]  verdicts  scenario")
    for scenario in scenarios(corpus):
        if arguments.only not in scenario.name:
            continue
        result = measure(corpus, scenario, arguments.resamples, arguments.explain)
        results.append(asdict(result))
        covered = f"  truth in interval {result.covered:.2f}" if result.covered is not None else ""
        print(
            f"{result.silent_drift:.3f} [{result.low:.3f}, {result.high:.3f}]  {result.verdicts}  {scenario.name}"
            f"{covered}  {result.causes or ''} {result.seconds} s each",
            flush=True,
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
