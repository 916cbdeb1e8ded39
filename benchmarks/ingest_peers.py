"""Ingest side by side: ours, LangChain + Chroma, LlamaIndex + Chroma; same files, same model, same machine, same run.

Each system runs in a fresh process: read .txt files, cut, embed (all-MiniLM-L6-v2, batches of 32, CPU) and store in
Chroma. Then each answers the same questions with known passages (ru_rag, SQuAD 2.0): a retrieved text is right when it
holds at least half of the passage's words.

    python -m benchmarks.ingest_peers [--documents 40]

Needs ``pip install -e ".[bench]"`` and the data sets beside the checkout. JSON: benchmarks/results/ingest_peers.json.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
RESULTS = Path(__file__).parent / "results" / "ingest_peers.json"
SYSTEMS = ("ours", "langchain", "llamaindex", "ours hybrid")
BATCH, DEPTH = 32, 10


def build_corpus(folder: Path, documents: int) -> list[dict[str, str]]:
    """Write the corpus as .txt files below `folder`; return questions with the passage that answers them."""
    questions = _squad(folder) + _russian(folder, documents)
    for path in sorted((DATA / "corpus_nist_800_63" / "rev3").rglob("*.md")):
        if path.stat().st_size:
            (folder / f"nist-{path.parent.name}-{path.stem}.txt").write_text(path.read_text(encoding="utf-8"))
    return questions


def _squad(folder: Path) -> list[dict[str, str]]:
    texts = {row["para_id"]: row for row in _rows("squad2_dev/paragraphs.jsonl.gz")}
    articles: dict[str, list[str]] = {}
    for row in texts.values():
        articles.setdefault(row["article"], []).append(row["text"])
    for article, paragraphs in articles.items():
        (folder / f"squad-{article.replace('/', '-')}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    asked = [row for row in _rows("squad2_dev/questions.jsonl.gz") if not row["is_impossible"]]
    step = max(1, len(asked) // 300)
    return [{"question": row["question"], "passage": texts[row["para_id"]]["text"]} for row in asked[::step]]


def _russian(folder: Path, documents: int) -> list[dict[str, str]]:
    texts = {row["file"]: row["text"] for row in _rows("ru_rag/documents.jsonl.gz")}
    asked = [row for row in _rows("ru_rag/questions.jsonl.gz") if row.get("gold_start") is not None]
    wanted = list(dict.fromkeys(row["file"] for row in asked if row["file"] in texts))[:documents]
    for name in wanted:
        (folder / f"ru-{name}.txt").write_text(texts[name], encoding="utf-8")
    return [
        {"question": row["question"], "passage": texts[row["file"]][row["gold_start"] : row["gold_end"]]}
        for row in asked
        if row["file"] in set(wanted)
    ]


def _rows(name: str) -> list[dict[str, Any]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


Search = Callable[[str], list[str]]


def ours(folder: Path, store: Path, mode: str) -> tuple[int, Search]:
    """Ingest with this project; search dense only or as users get it."""
    from rag.chunk import ChunkSettings
    from rag.embed import open_embedder
    from rag.index import Index
    from rag.ingest import ingest

    embedder = open_embedder(batch_size=BATCH)
    report = ingest([folder], store, embedder, chunking=ChunkSettings())
    index = Index.open(store, embedder)
    return report.chunks, lambda question: [hit.chunk.text for hit in index.search(question, DEPTH, mode=mode)]  # type: ignore[arg-type]


def langchain(folder: Path, store: Path) -> tuple[int, Search]:
    """Ingest with RecursiveCharacterTextSplitter, sentence-transformers and langchain-chroma, usual settings."""
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    model = _sentence_transformer()

    class Adapter(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return model.encode(texts, batch_size=BATCH, normalize_embeddings=True).tolist()  # type: ignore[no-any-return]

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chroma = Chroma("bench", Adapter(), persist_directory=str(store), collection_metadata={"hnsw:space": "cosine"})
    chunks = [
        text for path in sorted(folder.iterdir()) for text in splitter.split_text(path.read_text(encoding="utf-8"))
    ]
    for start in range(0, len(chunks), 1000):
        chroma.add_texts(chunks[start : start + 1000])
    return len(chunks), lambda question: [found.page_content for found in chroma.similarity_search(question, DEPTH)]


def llamaindex(folder: Path, store: Path) -> tuple[int, Search]:
    """Ingest with SentenceSplitter in an IngestionPipeline into ChromaVectorStore; chunks fit the model's window."""
    import chromadb
    from llama_index.core import Document
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.vector_stores import VectorStoreQuery
    from llama_index.vector_stores.chroma import ChromaVectorStore

    model = _sentence_transformer()

    class Adapter(BaseEmbedding):
        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return model.encode(texts, batch_size=BATCH, normalize_embeddings=True).tolist()  # type: ignore[no-any-return]

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    embedder = Adapter(embed_batch_size=BATCH)
    collection = chromadb.PersistentClient(str(store)).get_or_create_collection(
        "bench", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )
    vectors = ChromaVectorStore(chroma_collection=collection)
    pipeline = IngestionPipeline(
        transformations=[SentenceSplitter(chunk_size=256, chunk_overlap=20), embedder], vector_store=vectors
    )
    nodes = pipeline.run(
        documents=[Document(text=path.read_text(encoding="utf-8")) for path in sorted(folder.iterdir())]
    )

    def search(question: str) -> list[str]:
        query = VectorStoreQuery(query_embedding=embedder.get_query_embedding(question), similarity_top_k=DEPTH)
        return [node.get_content() for node in vectors.query(query).nodes or []]

    return len(nodes), search


def _sentence_transformer() -> Any:
    from sentence_transformers import SentenceTransformer

    from rag.embedders.folder import MINILM, find_model

    return SentenceTransformer(str(find_model(MINILM).path), device="cpu")


def ndcg(passage: str, texts: list[str]) -> float:
    """nDCG@10 with the retrieved texts that hold at least half of the passage's words as the relevant ones."""
    wanted = set(passage.casefold().split())
    gains = [len(wanted & set(text.casefold().split())) >= 0.5 * len(wanted) for text in texts]
    found = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, sum(gains) + 1))
    return found / ideal if ideal else 0.0


def measure(system: str, folder: Path, questions: Path) -> dict[str, float]:
    """Run one system in this process and return its row."""
    store = Path(tempfile.mkdtemp(prefix="bench-"))
    started = time.perf_counter()
    build: dict[str, Callable[[], tuple[int, Search]]] = {
        "ours": lambda: ours(folder, store, "dense"),
        "ours hybrid": lambda: ours(folder, store, "hybrid"),
        "langchain": lambda: langchain(folder, store),
        "llamaindex": lambda: llamaindex(folder, store),
    }
    chunks, search = build[system]()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    asked = json.loads(questions.read_text(encoding="utf-8"))
    quality = [ndcg(item["passage"], search(item["question"])) for item in asked]
    megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    return {
        "chunks": chunks,
        "seconds": round(seconds, 1),
        "chunks_per_s": round(chunks / seconds, 1),
        "mb_per_s": round(megabytes / seconds, 4),
        "peak_rss_mb": round(peak),
        "ndcg10": round(sum(quality) / len(quality), 4),
    }


def main() -> None:
    """Build the corpus, run each system in a process of its own, print the table and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20, help="Russian documents to take")
    parser.add_argument("--measure", nargs=3, metavar=("SYSTEM", "FOLDER", "QUESTIONS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        system, folder, questions = arguments.measure
        print(json.dumps(measure(system, Path(folder), Path(questions))))
        return
    with tempfile.TemporaryDirectory() as scratch:
        corpus, questions = Path(scratch) / "corpus", Path(scratch) / "questions.json"
        corpus.mkdir()
        questions.write_text(json.dumps(build_corpus(corpus, arguments.documents)), encoding="utf-8")
        megabytes = sum(path.stat().st_size for path in corpus.iterdir()) / 1e6
        print(f"corpus: {len(list(corpus.iterdir()))} files, {megabytes:.2f} MB")
        rows = {system: _in_fresh_process(system, corpus, questions) for system in SYSTEMS}
    RESULTS.write_text(json.dumps({"megabytes": megabytes, "systems": rows}, indent=1) + "\n")


def _in_fresh_process(system: str, corpus: Path, questions: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.ingest_peers", "--measure", system, str(corpus), str(questions)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "DO_NOT_TRACK": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"{system} failed:\n{done.stderr[-2000:]}")
    row: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    cells = "  ".join(f"{name} {value}" for name, value in row.items())
    print(f"{system:12} {cells}", flush=True)
    return row


if __name__ == "__main__":
    main()
