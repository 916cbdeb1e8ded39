"""Latency and memory at several sizes: p50 and p95 of `Index.search`, recall against exact search, peak memory.

    python -m benchmarks.query_latency [--sizes 1000 20000] [--questions 200]

The texts and vectors are synthetic (`benchmarks.synthetic_chunks`). Everything else is the real path: drafts,
catalogue, FTS5, Chroma, learned weights. The question's vector is given to the search: encoding it (some 5 ms) is left
out. Each size is built and then searched in a process of its own, and a third one writes the same vectors to Chroma
alone; the peaks are those of the processes. The filter lets through 1 % of the chunks. Results go to
benchmarks/results/query_latency.json.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.synthetic_chunks import (
    CHUNKS_PER_DOCUMENT,
    DIMENSIONS,
    TOPICS,
    TopicEmbedder,
    make_document,
    make_question,
)
from rag.chunk.passages import passage_key
from rag.index.index import Index
from rag.ingest.publish import publish
from rag.protocols import Entry, PreparedDocument
from rag.store.catalog import Catalog
from rag.store.draft import begin_draft
from rag.store.filters import Filter
from rag.store.vectors.folders import VectorSource, rebuild_vectors

RESULTS = Path(__file__).parent / "results" / "query_latency.json"
SIZES = [1_000, 20_000, 50_000, 100_000]
DOCUMENTS_AT_ONCE = 100
ONE_PERCENT = Filter(sources=("share-07/*",))
MODES = ("hybrid", "dense", "lexical")
PHASES = ("build", "vectors", "ask")
K = 10


def build(size: int, folder: Path) -> dict[str, Any]:
    """Store and publish `size` chunks through the real path; return seconds and peaks of memory."""
    embedder, catalog = TopicEmbedder(), Catalog.create(folder)
    started = time.perf_counter()
    draft = begin_draft(catalog, embedder, "synthetic", "1970-01-01")
    documents = size // CHUNKS_PER_DOCUMENT
    for at in range(0, documents, DOCUMENTS_AT_ONCE):
        made = [make_document(number) for number in range(at, min(at + DOCUMENTS_AT_ONCE, documents))]
        keyed = {passage_key(chunk): chunk for _, chunks in made for chunk in chunks}
        prepared = [
            PreparedDocument(
                doc.source, doc.source, doc, tuple(Entry(passage_key(chunk), "en", chunk) for chunk in chunks)
            )
            for doc, chunks in made
        ]
        vectors = embedder.embed([chunk.text for chunk in keyed.values()])
        draft.store(prepared, dict(zip(keyed, vectors, strict=True)))
    stored, peak = time.perf_counter() - started, peak_mb()
    chunks = publish(catalog, folder, embedder, draft, "1970-01-01")
    seconds = time.perf_counter() - started
    catalog.close()
    assert chunks == size, f"{chunks} of {size} chunks are published"
    return {
        "store_s": round(stored, 1),
        "publish_s": round(seconds - stored, 1),
        "store_peak_mb": peak,
        "build_peak_mb": peak_mb(),
    }


def vectors_alone(folder: Path) -> dict[str, Any]:
    """Write the stored vectors to a Chroma folder and nothing else; return the memory with Chroma loaded, and the peak.

    What Chroma's graph takes, at least vectors of 4 bytes a number and 32 links each, is its own: compare the peak of
    publishing with this one.
    """
    import chromadb

    chromadb.PersistentClient(str(folder / "empty"))
    idle = peak_mb()
    catalog = Catalog(folder)
    revision = catalog.current()
    assert revision is not None, "the index is not published"
    wanted = catalog.keys(revision.generation, revision.id)
    started = time.perf_counter()
    rebuild_vectors(VectorSource(catalog, revision.space, revision.embedder), folder / "chroma" / "alone", wanted)
    seconds = time.perf_counter() - started
    catalog.close()
    for name in ("empty", "chroma/alone"):
        shutil.rmtree(folder / name)
    return {"chroma_idle_mb": idle, "chroma_peak_mb": peak_mb(), "chroma_s": round(seconds, 1)}


def ask(size: int, folder: Path, questions: int) -> dict[str, Any]:
    """Search with every mode, with and without the filter; return latencies, recall and memory."""
    embedder = TopicEmbedder()
    asked = [make_question(number) for number in np.random.default_rng(1).choice(size, questions)]
    vectors = embedder.embed(asked, query=True)
    index = Index.open(folder, embedder)
    started = time.perf_counter()
    index.search(asked[0], K, query_vector=vectors[0])
    result: dict[str, Any] = {"first_search_ms": round(1000 * (time.perf_counter() - started), 1)}
    for mode in MODES:
        for name, where in (("", None), ("_filtered", ONE_PERCENT)):
            result[mode + name] = _latencies(index, asked, vectors, mode, where)
    result["search_peak_mb"] = peak_mb()
    for name, where in (("", None), ("_filtered", ONE_PERCENT)):
        result[f"recall_at_10{name}"] = _recall(index, folder, vectors, where)
    index.close()
    return result


def _latencies(
    index: Index, asked: list[str], vectors: NDArray[np.float32], mode: Any, where: Filter | None
) -> dict[str, float]:
    taken = []
    for round_, (question, vector) in enumerate(
        [*zip(asked[:20], vectors[:20], strict=True), *zip(asked, vectors, strict=True)]
    ):
        started = time.perf_counter()
        hits = index.search(question, K, mode=mode, query_vector=vector, where=where)
        if round_ >= 20:
            taken.append(1000 * (time.perf_counter() - started))
        assert mode == "lexical" or len(hits) == K, f"{mode}: {len(hits)} hits"
    return {"p50_ms": round(float(np.percentile(taken, 50)), 2), "p95_ms": round(float(np.percentile(taken, 95)), 2)}


def _recall(index: Index, folder: Path, vectors: NDArray[np.float32], where: Filter | None) -> float:
    """Return the mean share of the exact ten nearest chunks that dense search finds."""
    exact = _exact(folder, vectors, where)
    shares = []
    for vector, nearest in zip(vectors, exact, strict=True):
        hits = index.search("", K, mode="dense", query_vector=vector, where=where)
        shares.append(len({passage_key(hit.chunk) for hit in hits} & nearest) / K)
    return round(float(np.mean(shares)), 4)


def _exact(folder: Path, vectors: NDArray[np.float32], where: Filter | None) -> list[set[str]]:
    catalog = Catalog(folder)
    condition = "d.source GLOB 'share-07/*'" if where else "1"
    rows = catalog.connection.execute(
        "SELECT v.key, v.vector FROM vectors v JOIN chunks c ON c.key = v.key JOIN documents d ON d.id = c.document"
        f" WHERE {condition}"
    )
    best: list[list[tuple[float, str]]] = [[] for _ in vectors]
    while batch := rows.fetchmany(5000):
        keys = [key for key, _ in batch]
        cosines = vectors @ np.array([np.frombuffer(packed, np.float16) for _, packed in batch], np.float32).T
        for at, row in enumerate(cosines):
            top = np.argsort(-row)[:K]
            best[at] = sorted([*best[at], *((float(row[i]), keys[i]) for i in top)], reverse=True)[:K]
    catalog.close()
    return [{key for _, key in nearest} for nearest in best]


def peak_mb() -> int:
    """Return the most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(size: int, questions: int) -> dict[str, Any]:
    """Build and search one size, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        parts = [_child(phase, size, folder, questions) for phase in PHASES]
        files = [path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()]
    return {"chunks": size, **parts[0], **parts[1], **parts[2], "disk_mb": sum(files) // 2**20}


def _child(phase: str, size: int, folder: str, questions: int) -> Any:
    command = [sys.executable, "-m", "benchmarks.query_latency", "--phase", phase, "--folder", folder]
    command += ["--sizes", str(size), "--questions", str(questions)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def table(results: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Lay the results out as lines of text."""
    yield "p50 / p95 in ms      " + "".join(f"{row['chunks']:>18,}" for row in results)
    for mode in MODES:
        for name, label in (("", ""), ("_filtered", ", 1 % filter")):
            cells = "".join(f"{row[mode + name]['p50_ms']:9.1f} /{row[mode + name]['p95_ms']:7.1f}" for row in results)
            yield f"{mode + label:21}{cells}"
    labels = {
        "first_search_ms": "first search, ms",
        "recall_at_10": "recall@10 to exact",
        "recall_at_10_filtered": "recall@10, filtered",
        "search_peak_mb": "peak searching, MB",
        "store_peak_mb": "peak storing, MB",
        "build_peak_mb": "peak publishing, MB",
        "chroma_peak_mb": "  Chroma alone, MB",
        "chroma_idle_mb": "  without vectors, MB",
        "store_s": "storing, s",
        "publish_s": "publishing, s",
        "chroma_s": "  Chroma alone, s",
        "disk_mb": "on disk, MB",
    }
    for key, label in labels.items():
        yield f"{label:21}" + "".join(f"{row[key]:>18,}" for row in results)


def main() -> None:
    """Measure and print, or do one phase in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="chunks; multiples of 1,000")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--phase", choices=PHASES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.phase == "build":
        print(json.dumps(build(arguments.sizes[0], arguments.folder)))
    elif arguments.phase == "vectors":
        print(json.dumps(vectors_alone(arguments.folder)))
    elif arguments.phase == "ask":
        print(json.dumps(ask(arguments.sizes[0], arguments.folder, arguments.questions)))
    else:
        results = [measure(size, arguments.questions) for size in arguments.sizes]
        print("\n".join(table(results)))
        RESULTS.parent.mkdir(exist_ok=True)
        shape = {"dimensions": DIMENSIONS, "topics": TOPICS, "questions": arguments.questions, "synthetic": True}
        RESULTS.write_text(json.dumps({**shape, "sizes": results}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
