"""A collection of Chroma with the vectors of one revision, in a folder or at a server."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from data.errors import cause
from rag.errors import IndexDamaged, IndexProblem
from rag.store import vectors_failed

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection

_SEARCH_BREADTH = 200
_MOST_PER_REQUEST = 1000


class ChromaCollection:
    """Nearest-neighbour search by cosine; `folder` is that of the revision."""

    library: ClassVar[str] = "chromadb"

    def __init__(self, client: Client, collection: Collection, folder: Path) -> None:
        self.folder = folder
        self._client = client
        self._collection = collection

    def close(self) -> None:
        """Release the collection."""
        self._client.close()

    def write(self, keys: Sequence[str], vectors: Sequence[NDArray[np.float32]], gone: Sequence[str]) -> int:
        """Write vectors under their keys, delete the keys `gone`, persist; return how many vectors are held then.

        :raises IndexDamaged: Chroma cannot write them.
        """
        try:
            self._add(keys, vectors)
            self._remove(gone)
            # Chroma applies what was written, and persists it, only when something is asked of it.
            self._collection.get(limit=1, include=["embeddings"])
            return self._collection.count()
        except chroma_errors() as error:
            raise self._failed("written", error) from error

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Return the keys of the nearest vectors with their cosines, nearest first.

        :raises IndexDamaged: Chroma could not search them.
        """
        try:
            found = self._collection.query(query_embeddings=[vector.tolist()], n_results=limit, include=["distances"])
        except chroma_errors() as error:
            raise self._failed("searched", error) from error
        distances = (found["distances"] or [[]])[0]
        return [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], distances, strict=True)]

    def _failed(self, what: str, error: Exception) -> IndexProblem:
        return vectors_failed(self.folder, f"cannot be {what} ({cause(error)})")

    def _step(self) -> int:
        """Return how many vectors go into one request; a server refuses large bodies, and here each takes memory."""
        return min(self._client.get_max_batch_size(), _MOST_PER_REQUEST)

    def _add(self, keys: Sequence[str], vectors: Sequence[NDArray[np.float32]]) -> None:
        step = self._step()
        for at in range(0, len(keys), step):
            self._collection.upsert(ids=list(keys[at : at + step]), embeddings=np.stack(vectors[at : at + step]))

    def _remove(self, keys: Sequence[str]) -> None:
        step = self._step()
        for at in range(0, len(keys), step):
            self._collection.delete(ids=list(keys[at : at + step]))


def make_collection(client: Client, name: str, embedder: str, persist_after: int = _MOST_PER_REQUEST) -> Collection:
    """Make a collection for the vectors of an embedder; it is persisted whenever `persist_after` vectors came."""
    configuration: CreateCollectionConfiguration = {
        "hnsw": {
            "space": "cosine",
            "ef_search": _SEARCH_BREADTH,
            "sync_threshold": persist_after,
            "batch_size": persist_after,
        }
    }
    return client.create_collection(
        name, configuration=configuration, metadata={"embedder": embedder}, embedding_function=None
    )


def find_collection(client: Client, name: str, embedder: str, folder: Path) -> Collection:
    """Return the collection of a revision.

    :raises IndexDamaged: it holds the vectors of another embedder.
    """
    collection = client.get_collection(name, embedding_function=None)
    stored = (collection.metadata or {}).get("embedder")
    if stored != embedder:
        raise IndexDamaged(f"{folder} holds vectors of {stored!r}, the manifest says {embedder!r}: run `rag repair`.")
    return collection


def chroma_errors() -> tuple[type[Exception], ...]:
    """Return what Chroma raises, in a folder and through a server."""
    import httpx
    from chromadb.errors import ChromaError

    return (ChromaError, httpx.HTTPError)


def opening_errors() -> tuple[type[Exception], ...]:
    """Return what Chroma raises when a collection is made or looked for."""
    return (*chroma_errors(), ValueError)
