"""The systems whose ingest is measured: ours, LangChain + Chroma, LlamaIndex + Chroma, and the least there is to do.

Each takes a folder and a place to store, and returns how many chunks it stored and ways to search them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.ingest_corpus import peer_texts
from rag.embed.settings import EmbedderSettings

BATCH, DEPTH = 32, 10
TEXTS = "texts.json"
"""Where ours leaves the texts it embedded, beside its store, for `pure` to embed and store the same."""

Search = Callable[[str], list[str]]


Ingested = tuple[int, dict[str, Search]]


def ours(folder: Path, store: Path) -> Ingested:
    """Ingest with this project; search as users get it, and dense only."""
    from rag.chunk.settings import ChunkSettings
    from rag.embed.embedder import open_embedder
    from rag.index.index import Index
    from rag.ingest.job import ingest

    embedder = open_embedder(EmbedderSettings(batch_size=BATCH))
    # The settings of `rag init`: passages of other scripts are not cut small because they take many tokens.
    report = ingest([folder], store, embedder, chunking=ChunkSettings(min_characters=800))
    index = Index.open(store, embedder)

    def searched(mode: Any) -> Search:
        return lambda question: [hit.chunk.text for hit in index.search(question, DEPTH, mode=mode)]

    return report.chunks, {"dense": searched("dense"), "hybrid": searched("hybrid")}


def note_texts(store: Path) -> None:
    """Write down what ours has embedded."""
    from contextlib import closing

    from data.records import Chunk
    from rag.chunk.passages import embedding_text
    from rag.store.catalog import Catalog

    with closing(Catalog(store)) as catalog:
        rows = catalog.connection.execute("SELECT heading, text FROM chunks GROUP BY key").fetchall()
    texts = [embedding_text(Chunk("", 0, len(text), text, None, heading)) for heading, text in rows]
    (store.parent / TEXTS).write_text(json.dumps(texts), encoding="utf-8")


def pure(folder: Path, store: Path) -> Ingested:
    """Embed the texts that ours embedded, with its embedder, and insert them into Chroma: no reading, no cutting."""
    import chromadb

    from rag.embed.embedder import open_embedder
    from rag.embed.long_texts import embed_passages
    from rag.ingest.job import TEXTS_AT_ONCE

    texts = json.loads((store.parent / TEXTS).read_text(encoding="utf-8"))
    embedder = open_embedder(EmbedderSettings(batch_size=BATCH))
    configuration: Any = {"hnsw": {"space": "cosine"}}
    client = chromadb.PersistentClient(str(store))
    collection = client.create_collection("bench", embedding_function=None, configuration=configuration)
    for at in range(0, len(texts), TEXTS_AT_ONCE):
        some = texts[at : at + TEXTS_AT_ONCE]
        ids = [str(number) for number in range(at, at + len(some))]
        collection.add(ids=ids, embeddings=embed_passages(some, embedder), documents=some)
    return len(texts), {}


def langchain(folder: Path, store: Path) -> Ingested:
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
    chunks = [piece for text in peer_texts(folder) for piece in splitter.split_text(text)]
    for start in range(0, len(chunks), 1000):
        chroma.add_texts(chunks[start : start + 1000])

    def search(question: str) -> list[str]:
        return [found.page_content for found in chroma.similarity_search(question, DEPTH)]

    return len(chunks), {"dense": search}


def llamaindex(folder: Path, store: Path) -> Ingested:
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
    nodes = pipeline.run(documents=[Document(text=text) for text in peer_texts(folder)])

    def search(question: str) -> list[str]:
        query = VectorStoreQuery(query_embedding=embedder.get_query_embedding(question), similarity_top_k=DEPTH)
        return [node.get_content() for node in vectors.query(query).nodes or []]

    return len(nodes), {"dense": search}


def _sentence_transformer() -> Any:
    from sentence_transformers import SentenceTransformer

    from rag.embed.model_folder import MINILM, find_model

    return SentenceTransformer(str(find_model(MINILM).path), device="cpu")


def ndcg(passage: str, texts: list[str]) -> float:
    """nDCG@10 with the retrieved texts that hold at least half of the passage's words as the relevant ones."""
    wanted = set(passage.casefold().split())
    gains = [len(wanted & set(text.casefold().split())) >= 0.5 * len(wanted) for text in texts]
    found = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, sum(gains) + 1))
    return found / ideal if ideal else 0.0
