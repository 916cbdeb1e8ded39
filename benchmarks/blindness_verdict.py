"""How often `drift` alerts on every kind of loss and of dress: ``python -m benchmarks.blindness_verdict CACHE``.

The whole decision about quality (`drift.quality.judge_quality`) is asked, not one test: the score that speaks, the
shares and the dimensions, as a user gets them. Each row of a kind is scored once, with what a window of that kind
shows; a window is then drawn from those rows. The two windows of a run hold different questions. A window of dress is
dressed throughout; of a loss, a part of the answerable answers is spoilt.

Results are written as they come, one line a kind, with exact binomial intervals; a second run does what is missing.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest

from benchmarks.blindness import bare, cited, learned, prepare_rows
from benchmarks.blindness_dress import DRESSES, HELD_OUT, SEEN, wears
from benchmarks.blindness_losses import LOSSES
from benchmarks.blindness_sets import REFUSAL, Row
from benchmarks.blindness_vectors import KeptVectors
from data.records import ABSTENTION, Context, Interaction, Score
from drift.quality import Side, judge_quality
from drift.settings import DriftSettings
from drift.windows import Window, check_window
from eval.quality.dimensions import dimension_scores
from eval.quality.groundedness import GroundednessProxy
from eval.quality.knowledge import LogKnowledge
from eval.quality.scorer import Scorer
from eval.quality.scores import score_interaction
from eval.quality.weights import Weights

SETS = ("squad", "ragtruth", "xquad-ru")
START = datetime(2026, 1, 1, tzinfo=UTC)
PARTS = (0.2, 0.5)
Scored = tuple[Interaction, tuple[Score, ...]]


@dataclass(frozen=True, slots=True)
class Judge:
    """What scores the answers of a window, and the settings of the verdict."""

    scorer: Scorer
    proxy: GroundednessProxy
    settings: DriftSettings

    def scored(self, rows: Sequence[Row], known: LogKnowledge) -> list[Scored]:
        """Return each row as it would stand in the log, with its scores."""
        return [(item, self._scores(item, known)) for item in map(interaction, rows)]

    def _scores(self, item: Interaction, known: LogKnowledge) -> tuple[Score, ...]:
        return (*score_interaction(item, self.proxy, known), *dimension_scores(item, self.scorer, known))

    def fired(self, reference: Sequence[Scored], current: Sequence[Scored]) -> list[str]:
        """Return the tests that alert."""
        plane = judge_quality(_side(reference, 0), _side(current, 60), self.settings).plane
        return [test.name for test in plane.tests if test.fired] if plane.status == "drifted" else []


def interaction(row: Row) -> Interaction:
    """Return a row as a record; our own refusal is an abstention, as the product logs it."""
    contexts = tuple(
        Context(id=f"{row.group} {at}", source=row.group, text=text) for at, text in enumerate(row.passages) if text
    )
    declined = row.answer == REFUSAL.get(row.language) or ABSTENTION in row.answer
    outcome = "abstained" if declined else "answered"
    return Interaction(row.id, START, row.question, row.answer, outcome=outcome, contexts=contexts)


def _side(rows: Sequence[Scored], day: int) -> Side:
    step = timedelta(minutes=9)
    items = tuple(
        replace(item, id=f"{day} {at}", at=START + timedelta(days=day) + at * step) for at, (item, _) in enumerate(rows)
    )
    scores = tuple(
        replace(score, interaction_id=item.id)
        for item, (_, held) in zip(items, rows, strict=True)
        for score in held
    )  # fmt: skip
    window = check_window(Window(str(day), items, scores), START + timedelta(days=365)).window
    return Side(window, window.traffic, {})


def kinds(rows: Sequence[Row], name: str) -> Iterator[tuple[str, str, dict[int, Row]]]:
    """Yield each kind with the rows it makes of the healthy ones, by place."""
    yield "dress", "identical", dict(enumerate(rows))
    yield from _dressed(rows, name, HELD_OUT)
    pool = [bare(row) for row in rows]
    for kind, loss in LOSSES.items():
        rng = random.Random(f"{name} {kind}")
        of = rows if kind == "citations lost" else pool
        made = {at: loss(of[at], pool, rng) for at, row in enumerate(rows) if row.answerable}
        yield "loss", kind, {at: cited(row, kind, name) for at, row in made.items() if row}
    yield from _dressed(rows, name, SEEN)
    yield from _dressed(rows, name, DRESSES)


def _dressed(rows: Sequence[Row], name: str, dresses: Iterable[str]) -> Iterator[tuple[str, str, dict[int, Row]]]:
    for kind in dresses:
        rng = random.Random(f"{name} {kind}")
        yield (
            "dress",
            kind,
            {at: cited(replace(row, answer=wears(bare(row), kind, rng)), kind, name) for at, row in enumerate(rows)},
        )


def measure(
    judge: Judge, healthy: list[Scored], rows: Sequence[Row], made: dict[int, Row], part: float, runs: int, seed: int
) -> dict[str, Any]:
    """Return how often windows alert in which `part` of the answers is of a kind."""
    rng = random.Random(seed)
    share = part * len(made) / max(1, len(rows))
    half = len(rows) // 2
    window = [made[at] if at in made and rng.random() < part else rows[at] for at in range(half, len(rows))]
    known = learned(rows[:half], window)
    places = sorted(made)
    after = dict(zip(places, judge.scored([made[at] for at in places], known), strict=True))
    tests: Counter[str] = Counter()
    alerts = 0
    for _ in range(runs):
        order = rng.sample(range(len(rows)), len(rows))
        current = [after[at] if at in after and rng.random() < part else healthy[at] for at in order[half:]]
        fired = judge.fired([healthy[at] for at in order[:half]], current)
        tests.update(fired)
        alerts += bool(fired)
    low, high = binomtest(alerts, runs).proportion_ci(method="exact")
    return {"share": round(share, 3), "alerts": alerts, "runs": runs, "low": round(float(low), 3),
            "high": round(float(high), 3), "tests": dict(tests)}  # fmt: skip


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cache", type=Path)
    parser.add_argument("--rows", type=int, default=600, help="half of them for each window")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--kinds", nargs="*", default=[])
    parser.add_argument("--into", default="blindness_verdict.jsonl")
    options = parser.parse_args()
    file = options.cache / options.into
    done = {(row["set"], row["kind"]) for row in map(json.loads, file.open())} if file.exists() else set()
    scorer = Scorer(Weights.read(), KeptVectors(options.cache / "vectors.sqlite"))
    judge = Judge(scorer, GroundednessProxy.load(), DriftSettings())
    for name in options.sets:
        rows = prepare_rows(name, options.rows)
        healthy: list[Scored] = []
        for sort, kind, made in kinds(rows, name):
            if (name, kind) in done or (options.kinds and kind not in options.kinds) or len(made) < 25:
                continue
            healthy = healthy or judge.scored(rows, learned(rows, ()))
            for part in (1.0,) if sort == "dress" else PARTS:
                seed = int(np.frombuffer(f"{name}{kind}{part}".encode().ljust(8)[:8], np.uint32)[0])
                found = measure(judge, healthy, rows, made, part, options.runs, seed)
                with file.open("a") as lines:
                    lines.write(json.dumps({"set": name, "sort": sort, "kind": kind, "part": part, **found}) + "\n")


if __name__ == "__main__":
    main()
