"""Latency and memory at several sizes: p50 and p95 of `Index.search`, recall against exact search, peak memory.

    python -m benchmarks.query_latency [--sizes 1000 20000] [--questions 200]

The texts and vectors are synthetic, so that 100,000 chunks take minutes: words drawn by Zipf's law with the words of a
topic among them; 384-dimensional unit vectors around the centre of the topic, spread in 32 shared directions as the
vectors of real encoders are. Everything else is the real path: drafts, catalogue, FTS5, Chroma, learned weights. The
question's vector is given to the search: encoding it (some 5 ms) is left out. Each size is built and then searched in a
process of its own; the peaks are those of the processes. The filter lets through 1 % of the chunks. Results go to
benchmarks/results/query_latency.json.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.records import Chunk, Document
from rag.catalog import Catalog
from rag.draft import Entry, Prepared, begin_draft
from rag.filters import Filter
from rag.index import Index
from rag.keys import passage_key
from rag.publish import publish

RESULTS = Path(__file__).parent / "results" / "query_latency.json"
SIZES = [1_000, 20_000, 50_000, 100_000]
DIMENSIONS, SPREAD_IN, TOPICS, TOPIC_WORDS, COMMON_WORDS = 384, 32, 500, 30, 20_000
STOP_WORDS = 50
"""How many of the most frequent words a language does without in its index; the others follow Zipf's law."""
CHUNKS_PER_DOCUMENT, DOCUMENTS_AT_ONCE, SHARES = 10, 100, 100
ONE_PERCENT = Filter(sources=("share-07/*",))
MODES = ("hybrid", "dense", "lexical")
K = 10
SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "u", "ar", "en", "il")]


class TopicEmbedder:
    """Put a text near the centre of the topic that its words name, at a place of its own that follows from the text."""

    id = "topics@384"
    dimensions = DIMENSIONS
    max_tokens = 512

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self._centres = random.normal(size=(TOPICS + 1, DIMENSIONS)) / np.sqrt(DIMENSIONS)
        self._directions = random.normal(size=(SPREAD_IN, DIMENSIONS)) / np.sqrt(DIMENSIONS)

    def embed(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """Return one unit vector per text."""
        topics = [_topic_of(text) for text in texts]
        places = [np.random.default_rng(zlib.crc32(text.encode())).normal(size=SPREAD_IN) for text in texts]
        vectors = self._centres[topics] + 0.2 * np.array(places).reshape(-1, SPREAD_IN) @ self._directions
        unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def count_tokens(self, text: str) -> int:
        """Count words."""
        return len(text.split())


_FREQUENCIES = 1.0 / np.arange(STOP_WORDS, STOP_WORDS + COMMON_WORDS)
_CUMULATED = np.cumsum(_FREQUENCIES) / _FREQUENCIES.sum()


def _word(number: int) -> str:
    first, rest = divmod(number, len(SYLLABLES) ** 2)
    second, third = divmod(rest, len(SYLLABLES))
    return SYLLABLES[first] + SYLLABLES[second] + SYLLABLES[third]


def _topic_word(topic: int, number: int) -> str:
    return f"q{_word(topic * TOPIC_WORDS + number)}"


TOPIC_OF = {_topic_word(topic, number): topic for topic in range(TOPICS) for number in range(TOPIC_WORDS)}


def _topic_of(text: str) -> int:
    return next((TOPIC_OF[word] for word in text.lower().replace(".", "").split() if word in TOPIC_OF), TOPICS)


def make_text(number: int) -> str:
    """Return the text of one chunk: 60 words in five sentences, 15 of them of its topic."""
    random = np.random.default_rng(number)
    topic = int(random.integers(TOPICS))
    common = np.searchsorted(_CUMULATED, random.random(45))
    words = [_word(int(rank)) for rank in common] + [
        _topic_word(topic, int(at)) for at in random.integers(TOPIC_WORDS, size=15)
    ]
    mixed = [words[at] for at in random.permutation(len(words))]
    return " ".join(" ".join(mixed[at : at + 12]).capitalize() + "." for at in range(0, len(mixed), 12))


def make_document(number: int) -> tuple[Document, list[Chunk]]:
    """Return a document of ten chunks; every hundredth lies in the same folder."""
    source = f"share-{number % SHARES:02}/{number}.txt"
    texts = [make_text(number * CHUNKS_PER_DOCUMENT + at) for at in range(CHUNKS_PER_DOCUMENT)]
    starts = np.cumsum([0, *(len(text) + 2 for text in texts)])
    chunks = [Chunk(source, int(at), int(at) + len(text), text) for at, text in zip(starts, texts, strict=False)]
    return Document(source, "\n\n".join(texts)), chunks


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
            Prepared(doc.source, doc.source, doc, tuple(Entry(passage_key(chunk), "en", chunk) for chunk in chunks))
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


def ask(size: int, folder: Path, questions: int) -> dict[str, Any]:
    """Search with every mode, with and without the filter; return latencies, recall and memory."""
    embedder = TopicEmbedder()
    asked = [_question(number) for number in np.random.default_rng(1).choice(size, questions)]
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


def _question(number: int) -> str:
    """Return eight words of a chunk, at least one of its topic, as a question about it."""
    words = make_text(int(number)).lower().replace(".", "").split()
    topical = [word for word in words if word in TOPIC_OF]
    return " ".join([*topical[:2], *words[:6]])


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
        parts = [_child("build", size, folder, questions), _child("ask", size, folder, questions)]
        files = [path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()]
    return {"chunks": size, **parts[0], **parts[1], "disk_mb": sum(files) // 2**20}


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
        "store_s": "storing, s",
        "publish_s": "publishing, s",
        "disk_mb": "on disk, MB",
    }
    for key, label in labels.items():
        yield f"{label:21}" + "".join(f"{row[key]:>18,}" for row in results)


def main() -> None:
    """Measure and print, or do one phase in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="chunks; multiples of 1,000")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--phase", choices=["build", "ask"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.phase == "build":
        print(json.dumps(build(arguments.sizes[0], arguments.folder)))
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
