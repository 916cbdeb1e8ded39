"""How far each score of quality moves under every kind of loss and of dress: ``python -m benchmarks.blindness CACHE``.

Rows come from the reporting part of the public halves; weights were learned on the other part (`blindness_fit`).
A kind is scored on rows with and without it; templates and refusals are learned from a window half of which has it.
Windows are then drawn from those rows: 300 against 300, one-sided tests, level 1 % shared by all of them.
Results are written as they come, one line a kind; a second run does what is missing. ``--fresh`` begins anew.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.blindness_dress import DRESSES, HELD_OUT, SEEN, wears
from benchmarks.blindness_losses import LOSSES
from benchmarks.blindness_sets import Row, healthy
from benchmarks.blindness_vectors import KeptVectors
from benchmarks.blindness_windows import Scored, moved, pages
from eval.quality.knowledge import AnswerRecord, LogKnowledge, learn
from eval.quality.scorer import DIMENSIONS, Scorer
from eval.quality.weights import Weights

SETS = ("squad", "ragtruth", "xquad-ru")
CITED = ("squad", "xquad-ru", "ru-rag")
MIN_ROWS = 25
MOVED = (*DIMENSIONS, "carried", "kept", "quality")
ROWS = 300


@dataclass(frozen=True, slots=True)
class Healthy:
    """One set of healthy rows with the scores of each, and what a log would have learned of them."""

    name: str
    rows: tuple[Row, ...]
    scored: Scored
    scorer: Scorer
    known: LogKnowledge


def prepare(name: str, count: int, scorer: Scorer, *, part: str = "report", skip: int = 0, seed: int = 0) -> Healthy:
    """Read, sample and score the healthy rows of a set."""
    rows = prepare_rows(name, count, part=part, skip=skip, seed=seed)
    known = learned(rows, ())
    return Healthy(name, tuple(rows), score(rows, known, scorer), scorer, known)


def prepare_rows(name: str, count: int, *, part: str = "report", skip: int = 0, seed: int = 0) -> list[Row]:
    """Read and sample the healthy rows of a set; quoted answers cite."""
    rows = [row for row in healthy(name) if row.part == part or part == "all"]
    random.Random(seed).shuffle(rows)
    kept, refused = ([row for row in rows[skip:] if row.answerable is held] for held in (True, False))
    rows = [*kept[: round((0.8 if refused else 1.0) * count)], *refused]
    if name in CITED:
        rows = [replace(row, answer=f"{row.answer} [1]") if row.answerable else row for row in rows]
    return rows[:count]


def learned(before: Sequence[Row], window: Sequence[Row]) -> LogKnowledge:
    """Learn habits from earlier answers; templates and refusals from the window, or from those where it is empty."""
    return learn(_records(before), _records(window))


def _records(rows: Sequence[Row]) -> list[AnswerRecord]:
    return [AnswerRecord(row.question, row.answer, row.passages) for row in rows]


def score(rows: Sequence[Row], known: LogKnowledge, scorer: Scorer) -> Scored:
    """Score rows; what is unscored is NaN."""
    found = [scorer.score(record, known) for record in _records(rows)]
    values = {
        name: np.array([np.nan if (v := item.dimensions[name].value) is None else v for item in found])
        for name in DIMENSIONS
    }
    for part in ("carried", "kept"):
        values[part] = np.array([dict(item.dimensions["support"].parts).get(part, np.nan) for item in found])
    values["quality"] = np.array([np.nan if item.quality is None else item.quality for item in found])
    return Scored(values, np.array([item.refused for item in found]))


def kinds(base: Healthy) -> Iterator[tuple[str, str, list[Row], list[int]]]:
    """Yield each kind with its rows and the places of the healthy rows they were made of."""
    answerable = [place for place, row in enumerate(base.rows) if row.answerable]
    for name, loss in LOSSES.items():
        rng = random.Random(f"{base.name} {name}")
        pool = [bare(row) for row in base.rows]
        of = base.rows if name == "citations lost" else pool
        made = [(loss(of[place], pool, rng), place) for place in answerable]
        spoilt = [(cited(row, name, base.name), place) for row, place in made if row]
        yield "loss", name, [row for row, _ in spoilt], [place for _, place in spoilt]
    for name in (*DRESSES, *SEEN, *HELD_OUT):
        rng = random.Random(f"{base.name} {name}")
        every = [replace(row, answer=wears(bare(row), name, rng)) for row in base.rows]
        yield "dress", name, [cited(row, name, base.name) for row in every], list(range(len(every)))


def bare(row: Row) -> Row:
    """Return the row without the mark of its citation."""
    return replace(row, answer=row.answer.removesuffix(" [1]"))


def cited(row: Row, kind: str, name: str) -> Row:
    """Let an answer cite as its healthy form did, except where that is what was lost, or dress cites otherwise."""
    other = {"citations lost", "numbered marks", "footnotes", "json", "empty", "refusal", "refusal in other words"}
    silent = kind in other or not row.answer.strip() or row.answer.endswith("[1]") or not row.answerable
    return row if name not in CITED or silent else replace(row, answer=f"{row.answer} [1]")


def measure(base: Healthy, sort: str, name: str, rows: list[Row], places: list[int]) -> dict[str, Any]:
    """Score one kind and say how each score moved and how often windows page."""
    untouched = [row for at, row in enumerate(base.rows) if at not in set(places[: len(places) // 2])]
    window = rows if sort == "dress" else [*rows[: len(rows) // 2], *untouched[: max(1, len(rows) // 2)]]
    after = score(rows, learned(base.rows, window), base.scorer)
    before = base.scored.at(places)
    rng = np.random.default_rng(7)
    others = base.scored.at(_others(base, places))
    shares = (1.0,) if sort == "dress" else (0.2, 0.5)
    return {
        "set": base.name, "sort": sort, "kind": name, "rows": len(rows),
        "moved": {key: moved(before.values[key], after.values[key]) for key in MOVED},
        "refused": [round(float(before.refused.mean()), 3), round(float(after.refused.mean()), 3)],
        "pages": {str(share): pages(others, before, after, share, rng) for share in shares},
    }  # fmt: skip


def _others(base: Healthy, places: Sequence[int]) -> list[int]:
    """Return the rows that cannot be spoilt because they rightly refuse: they stay in every window."""
    return [place for place, row in enumerate(base.rows) if not row.answerable and place not in set(places)]


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cache", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--part", default="report", choices=("learn", "report", "all"))
    parser.add_argument("--skip", type=int, default=0, help="rows looked at before")
    parser.add_argument("--kinds", nargs="*", default=[])
    parser.add_argument("--into", default="blindness.jsonl")
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    file = options.cache / options.into
    if options.fresh:
        file.unlink(missing_ok=True)
    done = {(row["set"], row["kind"]) for row in map(json.loads, file.open())} if file.exists() else set()
    scorer = Scorer(Weights.read(), KeptVectors(options.cache / "vectors.sqlite"))
    for name in options.sets:
        base = prepare(name, options.rows, scorer, part=options.part, skip=options.skip)
        identical = ("dress", "identical", list(base.rows), list(range(len(base.rows))))
        for sort, kind, rows, places in (identical, *kinds(base)):
            if (name, kind) in done or len(rows) < MIN_ROWS or (options.kinds and kind not in options.kinds):
                continue
            found = measure(base, sort, kind, rows, places)
            with file.open("a") as lines:
                lines.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
