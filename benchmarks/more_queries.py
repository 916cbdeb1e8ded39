"""Do further queries help? Recall and nDCG with `retrieval.more_queries = "feedback"` and without.

Sets: the follow-up questions of mtRAG, made to stand alone by rule (as `benchmarks.follow_ups` has them), SQuAD 2.0,
Russian XQuAD and ClapNQ, each with all its passages as one index of ours. No model is at hand that could write other
wordings, so "model" is not measured. Run from the checkout, with the data sets in ``../shared/data``:

    python -m benchmarks.more_queries [--questions 400]

Results go to benchmarks/results/more_queries.json. Takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.answer_sets import SETS
from benchmarks.follow_ups import interval, read_tasks, write_passages
from rag.answer.follow_up import by_rule
from rag.chunk.settings import ChunkSettings
from rag.embed.embedder import open_embedder
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.protocols import MoreQueries
from rag.search.more_queries import FeedbackQueries
from rag.search.retriever import Retriever

RESULTS = Path(__file__).parent / "results" / "more_queries.json"
DEPTH, RECALLED = 10, 5
NAMED = ("squad2", "xquad-ru", "clapnq")

Asked = tuple[str, frozenset[str]]


def follow_ups(most: int) -> tuple[list[Asked], dict[str, str]]:
    """Return questions of mtRAG with the names of their passages, and all passages by name."""
    tasks, texts = read_tasks()
    return [(by_rule(task.history, task.question), task.passages) for task in tasks][:most], texts


def named(name: str, most: int) -> tuple[list[Asked], dict[str, str]]:
    """Return answerable questions of a set with the names of their passages, and all passages by name."""
    measured = SETS[name](10**6)
    asked = [(item.text, item.gold) for item in measured.questions if item.gold]
    return asked[:most], {passage.name: passage.text for passage in measured.passages}


def measure(asked: Sequence[Asked], texts: dict[str, str]) -> dict[str, Any]:
    """Index the passages and ask all questions both ways."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = write_passages(texts, folder / "passages")
        embedder = open_embedder()
        ingest([folder / "passages"], folder / "index", embedder, chunking=ChunkSettings(min_characters=0))
        index = Index.open(folder / "index", embedder)
        ways: dict[str, MoreQueries | None] = {"none": None, "feedback": FeedbackQueries()}
        found = {way: _scores(Retriever(index, k=4 * DEPTH, more=more), asked, places) for way, more in ways.items()}
        index.close()
    result: dict[str, Any] = {"passages": len(texts), "questions": len(asked)}
    for way, (scores, milliseconds) in found.items():
        ndcg, recall = np.mean(scores, axis=0)
        result[way] = {"ndcg@10": round(ndcg, 4), "recall@5": round(recall, 4), "ms": round(milliseconds, 1)}
    gains = np.array(found["feedback"][0]) - np.array(found["none"][0])
    result["gain"] = {"ndcg@10": interval(gains[:, 0].tolist()), "recall@5": interval(gains[:, 1].tolist())}
    return result


def _scores(
    retriever: Retriever, asked: Sequence[Asked], places: dict[str, str]
) -> tuple[list[tuple[float, float]], float]:
    """Return nDCG and recall of each question, and the median time in milliseconds."""
    scores, spent = [], []
    for question, gold in asked:
        started = time.perf_counter()
        hits = retriever.search(question).hits
        spent.append(1000 * (time.perf_counter() - started))
        best = [places[name] for name in dict.fromkeys(Path(hit.chunk.source).name for hit in hits)]
        gain = sum(1 / np.log2(rank + 2) for rank, name in enumerate(best[:DEPTH]) if name in gold)
        ideal = sum(1 / np.log2(rank + 2) for rank in range(min(DEPTH, len(gold))))
        scores.append((gain / ideal, len(gold.intersection(best[:RECALLED])) / min(RECALLED, len(gold))))
    return scores, float(np.median(spent))


def main() -> None:
    """Measure, print and write down."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--questions", type=int, default=400, help="at most so many per set")
    most = parser.parse_args().questions
    table = {"mtrag follow-ups": measure(*follow_ups(most))}
    for name in NAMED:
        table[name] = measure(*named(name, most))
    for name, row in table.items():
        print(name, json.dumps(row))
    RESULTS.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
