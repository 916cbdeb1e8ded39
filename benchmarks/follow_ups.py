"""What follow-up questions lose when they are searched as they stand, and what the rewriting rule brings back.

The multi-turn tasks of mtRAG: each has the turns before, a last question, and the passages given to its answerers. All
passages are one index of ours; a passage found among the best k counts. No model rewrites here, only the rule of
`rag.answer.follow_up`. Run from the checkout, with the data sets in ``../shared/data``:

    python -m benchmarks.follow_ups

Results go to benchmarks/results/follow_ups.json. Takes about a minute.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.answer.follow_up import Turn, by_rule, leans_on_history
from rag.chunk.settings import ChunkSettings
from rag.embed.embedder import open_embedder
from rag.embed.settings import EmbedderSettings
from rag.index.index import Index
from rag.ingest.job import ingest

DATA = Path(__file__).parents[1] / ".." / "shared" / "data" / "mtrag_human"
RESULTS = Path(__file__).parent / "results" / "follow_ups.json"
K = 5
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Task:
    """A last question with what was said before it, and the names of the passages that belong to it."""

    history: tuple[Turn, ...]
    question: str
    passages: frozenset[str]


def read_tasks() -> tuple[list[Task], dict[str, str]]:
    """Return all tasks with a history and passages, and all passages by name."""
    rows = {}
    for name in ("answers.jsonl.gz", "mtrag_un_tasks.jsonl.gz"):
        with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
            rows |= {row["task_id"]: row for row in map(json.loads, file)}
    texts: dict[str, str] = {}
    tasks = []
    for row in rows.values():
        held = {_name(item): item for item in row.get("passages") or row.get("contexts") or ()}
        texts |= {name: f"{item.get('title') or ''}\n\n{item['text']}" for name, item in held.items()}
        *said, last = row.get("history") or row["input"]
        if said and held:
            tasks.append(Task(tuple(map(_turn, said)), last["text"], frozenset(held)))
    return tasks, texts


def _name(item: dict[str, Any]) -> str:
    return str(item.get("id") or item["document_id"])


def _turn(row: dict[str, Any]) -> Turn:
    return Turn("user" if row["speaker"] == "user" else "assistant", row["text"])


def recalls(index: Index, tasks: Sequence[Task], questions: Sequence[str], places: dict[str, str]) -> list[float]:
    """Return for each task the share of its passages (at most K) that are among the best K sources found."""
    found = []
    for task, question in zip(tasks, questions, strict=True):
        sources = dict.fromkeys(Path(hit.chunk.source).name for hit in index.search(question, 4 * K))
        best = {places[source] for source in list(sources)[:K]}
        found.append(len(best & task.passages) / min(K, len(task.passages)))
    return found


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a mean."""
    rng = np.random.default_rng(0)
    drawn = rng.choice(np.asarray(values), (RESAMPLES, len(values))).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return round(float(low), 3), round(float(high), 3)


def write_passages(texts: dict[str, str], folder: Path) -> dict[str, str]:
    """Write each passage to a file of its own; return the passages' names by file name."""
    folder.mkdir()
    places = {f"{number}.md": passage for number, passage in enumerate(texts)}
    for file, passage in places.items():
        (folder / file).write_text(texts[passage], encoding="utf-8")
    return places


def main() -> None:
    """Measure, print a table, keep it as JSON."""
    tasks, texts = read_tasks()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = write_passages(texts, folder / "passages")
        embedder = open_embedder(EmbedderSettings("all-MiniLM-L6-v2"))
        ingest([folder / "passages"], folder / "index", embedder, chunking=ChunkSettings(min_characters=0))
        index = Index.open(folder / "index", embedder)
        last = recalls(index, tasks, [task.question for task in tasks], places)
        rule = recalls(index, tasks, [by_rule(task.history, task.question) for task in tasks], places)
    leaning = [leans_on_history(task.question) for task in tasks]
    rows = {
        "all": [(a, b) for a, b in zip(last, rule, strict=True)],
        "that lean on history": [(a, b) for a, b, lean in zip(last, rule, leaning, strict=True) if lean],
    }
    table: dict[str, Any] = {"k": K, "passages": len(texts)}
    print(f"{len(texts)} passages, recall@{K}")
    for label, pairs in rows.items():
        before, after = np.mean(pairs, axis=0)
        low, high = interval([b - a for a, b in pairs])
        table[label] = {
            "tasks": len(pairs),
            "last turn": round(before, 3),
            "rule": round(after, 3),
            "gain": [low, high],
        }
        print(
            f"{label:22} {len(pairs):4} tasks  last turn {before:.3f}  rule {after:.3f}  gain {low:+.3f} to {high:+.3f}"
        )
    RESULTS.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
