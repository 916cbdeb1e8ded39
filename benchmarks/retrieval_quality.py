"""Retrieval quality on public sets: dense, BM25, plain reciprocal-rank fusion and ours, by nDCG@10 and recall@10.

Every passage of a set is one chunk of a real index (catalogue, Chroma, FTS5, learned weights); questions go through
`Index.search`. Run from the checkout, with the data sets in ``../shared/data``:

    python -m benchmarks.retrieval_quality [--questions 1000] [--sets xquad-ru squad2]

Embeddings are cached in the system's temporary folder. Results go to benchmarks/results/retrieval_quality.json.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data.records import Chunk, Document
from data.text.language import detect_language
from rag.chunk.passages import text_key
from rag.embed.embedder import open_embedder
from rag.index.index import Index
from rag.ingest.publish import publish
from rag.protocols import Embedder, Entry, PreparedDocument
from rag.store.catalog import Catalog
from rag.store.draft import begin_draft

DATA = Path(__file__).parents[1] / ".." / "shared" / "data"
RESULTS = Path(__file__).parent / "results" / "retrieval_quality.json"
CACHE = Path(tempfile.gettempdir()) / "silentdrift-retrieval-quality"
DEPTH = 10
RRF_DEPTH, RRF_K = 100, 60
SYSTEMS = ("dense", "bm25", "rrf", "ours")


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with the passages that answer it, by passage name and grade."""

    question: str
    grades: dict[str, int]


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages by name, and judged questions."""

    passages: dict[str, str]
    judged: list[Judged]


def squad2() -> Collection:
    """SQuAD 2.0 dev: paragraphs; answerable questions."""
    passages = {row["para_id"]: row["text"] for row in _rows("squad2_dev/paragraphs.jsonl.gz")}
    rows = [row for row in _rows("squad2_dev/questions.jsonl.gz") if not row["is_impossible"]]
    return Collection(passages, [Judged(row["question"], {row["para_id"]: 1}) for row in rows])


def xquad(*languages: str) -> Collection:
    """XQuAD paragraphs of the given languages in one index, questions of all of them about their own language."""
    passages: dict[str, str] = {}
    judged = []
    for language in languages:
        names: dict[str, str] = {}
        for row in _rows(f"xquad/{language}.jsonl.gz"):
            name = names.setdefault(row["context"], f"{language}{len(names)}")
            passages[name] = row["context"]
            judged.append(Judged(row["question"], {name: 1}))
    return Collection(passages, judged)


def cranfield() -> Collection:
    """Cranfield: 1,400 abstracts, graded judgements."""
    passages = {row["docno"]: f"{row['title']}\n{row['text']}" for row in _rows("cranfield/documents.jsonl.gz")}
    judged = [
        Judged(row["question"], {item["docno"]: item["rel"] for item in row["qrels"] if item["rel"] > 0})
        for row in _rows("cranfield/queries.jsonl.gz")
    ]
    return Collection(passages, [item for item in judged if item.grades.keys() & passages.keys()])


def ru_rag(documents: int = 70, characters: int = 60_000) -> Collection:
    """Russian Wikipedia, beginnings of a seeded sample of pages, cut into passages of 700 characters or more."""
    questions = [row for row in _rows("ru_rag/questions.jsonl.gz") if row.get("gold_start") is not None]
    names = sorted({row["file"] for row in questions})
    picked = {names[at] for at in np.random.default_rng(1).choice(len(names), documents, replace=False)}
    spans = [
        (row["file"], start, end, row["text"][start:end])
        for row in _rows("ru_rag/documents.jsonl.gz")
        if row["file"] in picked
        for start, end in _cut_lines(row["text"][:characters], 700)
    ]
    judged = [
        Judged(row["question"], grades)
        for row in questions
        if (
            grades := {
                f"{f}#{a}": 1
                for f, a, b, _ in spans
                if f == row["file"] and a < row["gold_end"] and b > row["gold_start"]
            }
        )
    ]
    return Collection({f"{file}#{start}": text for file, start, _, text in spans}, judged)


def clapnq() -> Collection:
    """ClapNQ dev: the gold passages of all questions, also of those they do not answer; answerable questions."""
    rows = list(_rows("clapnq_dev/questions.jsonl.gz"))
    names: dict[str, str] = {}
    for row in rows:
        for passage in row["passages"]:
            names.setdefault(_titled(passage), f"{passage['title']}#{len(names)}")
    judged = [
        Judged(row["question"], {names[_titled(passage)]: 1 for passage in row["passages"]})
        for row in rows
        if row["answerable"]
    ]
    return Collection({name: text for text, name in names.items()}, judged)


def _titled(passage: dict[str, str]) -> str:
    return f"{passage['title']}\n{passage['text']}"


def rgb(language: str) -> Collection:
    """RGB: news snippets of all questions; a question's own true ones, "positive", answer it.

    The wrong ones are copies of them with another name planted, which retrieval cannot tell apart: they are left out.
    """
    rows = list(_rows(f"rgb/{language}_fact.jsonl.gz"))
    names: dict[str, str] = {}
    for text in (text for row in rows for text in (*row["positive"], *row["negative"])):
        names.setdefault(text, f"{language}{len(names)}")
    judged = [Judged(row["query"], {names[text]: 1 for text in row["positive"]}) for row in rows]
    return Collection({name: text for text, name in names.items()}, judged)


SETS: dict[str, Callable[[], Collection]] = {
    "squad2": squad2,
    "xquad-ru": lambda: xquad("ru"),
    "xquad-en": lambda: xquad("en"),
    "xquad-es": lambda: xquad("es"),
    "xquad-zh": lambda: xquad("zh"),
    "xquad-mixed": lambda: xquad("en", "ru", "es", "zh"),
    "cranfield": cranfield,
    "ru_rag": ru_rag,
    "clapnq": clapnq,
    "rgb-en": lambda: rgb("en"),
    "rgb-zh": lambda: rgb("zh"),
}


class CachedEmbedder:
    """The default embedder with its vectors kept on disk between runs."""

    def __init__(self, inner: Embedder, file: Path) -> None:
        self.id, self.dimensions, self.max_tokens = inner.id, inner.dimensions, inner.max_tokens
        self.count_tokens = inner.count_tokens
        self._inner = inner
        self._file = file
        stored = np.load(file) if file.exists() else {"keys": [], "vectors": []}
        self._known = dict(zip(list(stored["keys"]), list(stored["vectors"]), strict=True))

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Any:
        """Embed the texts that are not known yet."""
        missing = [text for text in dict.fromkeys(texts) if text_key(text) not in self._known]
        if missing:
            vectors = self._inner.embed(missing, query=query)
            self._known.update(zip((text_key(text) for text in missing), vectors, strict=True))
        return np.array([self._known[text_key(text)] for text in texts], np.float32).reshape(-1, self.dimensions)

    def save(self) -> None:
        """Write the vectors to disk."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(self._file, keys=np.array(list(self._known)), vectors=np.array(list(self._known.values())))


def build(collection: Collection, folder: Path, embedder: Embedder) -> Index:
    """Index every passage as one chunk."""
    catalog = Catalog.create(folder)
    draft = begin_draft(catalog, embedder, "one chunk per passage", "1970-01-01")
    keys = {name: text_key(text) for name, text in collection.passages.items()}
    vectors = embedder.embed(list(collection.passages.values()))
    prepared = [
        PreparedDocument(
            name,
            keys[name],
            Document(name, text),
            (Entry(keys[name], detect_language(text, "en"), Chunk(name, 0, len(text), text)),),
        )
        for name, text in collection.passages.items()
    ]
    draft.store(prepared, dict(zip(keys.values(), vectors, strict=True)))
    publish(catalog, folder, embedder, draft, "1970-01-01")
    return Index(folder, catalog, embedder)


def rankings(index: Index, question: str) -> dict[str, list[str]]:
    """Return passage names in order, for each system."""
    vector = index.embed_query(question)
    dense = [hit.chunk.source for hit in index.search(question, RRF_DEPTH, mode="dense", query_vector=vector)]
    bm25 = [hit.chunk.source for hit in index.search(question, RRF_DEPTH, mode="lexical")]
    ours = [hit.chunk.source for hit in index.search(question, DEPTH, query_vector=vector)]
    fused: dict[str, float] = {}
    for names in (dense, bm25):
        for rank, name in enumerate(names, start=1):
            fused[name] = fused.get(name, 0.0) + 1.0 / (RRF_K + rank)
    return {"dense": dense, "bm25": bm25, "rrf": sorted(fused, key=lambda name: -fused[name]), "ours": ours}


def ndcg(names: Sequence[str], grades: dict[str, int]) -> float:
    """Return nDCG@10 with linear gains (Järvelin & Kekäläinen 2002)."""
    gain = sum(grades.get(name, 0) / np.log2(rank + 1) for rank, name in enumerate(names[:DEPTH], start=1))
    best = sum(grade / np.log2(rank + 1) for rank, grade in enumerate(sorted(grades.values(), reverse=True)[:DEPTH], 1))
    return float(gain / best)


def recall(names: Sequence[str], grades: dict[str, int]) -> float:
    """Return the share of the relevant passages among the first 10."""
    return len(set(names[:DEPTH]) & grades.keys()) / len(grades)


def measure(name: str, questions: int, embedder: CachedEmbedder) -> dict[str, Any]:
    """Return the mean scores of all systems on one set."""
    collection = SETS[name]()
    judged = collection.judged
    if len(judged) > questions:
        picked = np.sort(np.random.default_rng(0).choice(len(judged), questions, replace=False))
        judged = [judged[at] for at in picked]
    embedder.embed([item.question for item in judged], query=True)
    with tempfile.TemporaryDirectory() as folder:
        index = build(collection, Path(folder), embedder)
        embedder.save()
        scores: dict[str, list[tuple[float, float]]] = {system: [] for system in SYSTEMS}
        for item in judged:
            for system, names in rankings(index, item.question).items():
                scores[system].append((ndcg(names, item.grades), recall(names, item.grades)))
        strength = index.fusion.strength
        index.close()
    means = {system: [round(float(value), 4) for value in np.mean(pairs, axis=0)] for system, pairs in scores.items()}
    return {"passages": len(collection.passages), "questions": len(judged), "strength": dict(strength), **means}


def table(results: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Lay the results out as lines of text."""
    yield (
        f"{'nDCG@10 / recall@10':20}{'passages':>9}{'questions':>10}"
        + "".join(f"{name:>17}" for name in SYSTEMS)
        + "  margin"
    )
    for name, row in results.items():
        cells = "".join(f"{row[system][0]:9.4f}/{row[system][1]:.4f} " for system in SYSTEMS)
        margin = row["ours"][0] - max(row["dense"][0], row["bm25"][0])
        yield f"{name:20}{row['passages']:9}{row['questions']:10}{cells} {margin:+.4f}"
    means = {system: np.mean([row[system] for row in results.values()], axis=0) for system in SYSTEMS}
    yield f"{'mean':39}" + "".join(f"{means[system][0]:9.4f}/{means[system][1]:.4f} " for system in SYSTEMS)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=1000, help="at most this many questions per set")
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    arguments = parser.parse_args()
    inner = open_embedder()
    embedder = CachedEmbedder(inner, CACHE / f"{inner.id}.npz")
    results = {name: measure(name, arguments.questions, embedder) for name in arguments.sets}
    print("\n".join(table(results)))
    RESULTS.parent.mkdir(exist_ok=True)
    former = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    kept = former["sets"] if former.get("embedder") == embedder.id else {}
    RESULTS.write_text(json.dumps({"embedder": embedder.id, "sets": kept | results}, indent=1) + "\n", encoding="utf-8")


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _cut_lines(text: str, least: int) -> Iterator[tuple[int, int]]:
    start = end = 0
    for line in text.splitlines(keepends=True):
        end += len(line)
        if end - start >= least:
            yield start, end
            start = end


if __name__ == "__main__":
    main()
