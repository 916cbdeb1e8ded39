"""The vectors of one published revision in a Chroma folder of its own.

A published folder is never written again. Chroma's embedded mode is not safe for a writer beside other processes: even
a reader applies the write-ahead log and rewrites index files (measured on 1.5.9), handles never see another process's
vectors, and two writers can leave a folder that crashes the interpreter. So a new revision is a copy of the last folder
with the difference applied; readers open it when the catalogue names it. With a Chroma server the folder points to a
collection there (`rag.store.chroma_server`).
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from data.extras import needed_by
from rag.errors import IndexDamaged, IndexProblem
from rag.store.chroma_server import connect, forget_collections, is_served, new_pointer, read_pointer, unreachable
from rag.store.connections import may_write
from rag.store.disk_errors import vectors_failed

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection

COLLECTION = "chunks"
_DATABASE = "chroma.sqlite3"
# Nothing may stay in the write-ahead log: each reader that opens would apply it and rewrite the index files.
_PERSIST_AFTER = 1
_SEARCH_BREADTH = 200
_MOST_PER_REQUEST = 1000


class VectorStore:
    """Nearest-neighbour search by cosine over the vectors in one folder."""

    def __init__(self, folder: Path, embedder: str, *, create: bool = False) -> None:
        """Open a folder, or the collection it points to.

        :raises IndexDamaged: Chroma cannot open it, or it holds the vectors of another embedder.
        :raises IndexProblem: the server cannot be reached.
        :raises IndexOutOfSpace: the disk is full; Chroma writes even to open.
        """
        self.folder = folder
        self._pointer = new_pointer(folder) if create else read_pointer(folder)
        if not create and self._pointer is None and not (folder / _DATABASE).is_file():
            raise IndexDamaged(f"The vectors in {folder} are gone: run `rag repair`, which embeds nothing again.")
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._client = connect(self._pointer.server) if self._pointer else self._open_folder()
        self._collection = self._open_collection(embedder, create)
        if create and self._pointer:
            forget_collections(self._client, folder)

    def _open_folder(self) -> Client:
        """Open the folder, or a double of it where it may not be written: Chroma writes notes even to read."""
        if may_write(self.folder / _DATABASE) or not (self.folder / _DATABASE).exists():
            return _open_client(self.folder)
        self._copy = tempfile.TemporaryDirectory(prefix="silentdrift-")
        try:
            return _open_client(_double(self.folder, Path(self._copy.name)))
        except BaseException:
            self._copy.cleanup()
            raise

    def _open_collection(self, embedder: str, create: bool) -> Collection:
        name = self._pointer.collection if self._pointer else COLLECTION
        persist_after = _MOST_PER_REQUEST if self._pointer else _PERSIST_AFTER
        configuration: CreateCollectionConfiguration = {
            "hnsw": {
                "space": "cosine",
                "ef_search": _SEARCH_BREADTH,
                "sync_threshold": persist_after,
                "batch_size": persist_after,
            }
        }
        failures: tuple[type[Exception], ...] = (*_failures(), ValueError)
        try:
            if create:
                return self._client.create_collection(
                    name, configuration=configuration, metadata={"embedder": embedder}, embedding_function=None
                )
            collection = self._client.get_collection(name, embedding_function=None)
        except failures as error:
            self.close()
            raise self._failed("read", error) from error
        stored = (collection.metadata or {}).get("embedder")
        if stored != embedder:
            self.close()
            raise IndexDamaged(
                f"{self.folder} holds vectors of {stored!r}, the manifest says {embedder!r}: run `rag repair`."
            )
        return collection

    def close(self) -> None:
        """Release the folder."""
        self._client.close()
        if self._copy is not None:
            self._copy.cleanup()

    def write(self, keys: Sequence[str], vectors: Sequence[NDArray[np.float32]], gone: Sequence[str]) -> int:
        """Write vectors under their keys, delete the keys `gone`, persist; return how many vectors the folder holds.

        :raises IndexDamaged: Chroma cannot write to the folder.
        """
        try:
            self._add(keys, vectors)
            self._remove(gone)
            # Chroma applies what was written, and persists it, only when something is asked of it.
            self._collection.get(limit=1, include=["embeddings"])
            return self._collection.count()
        except _failures() as error:
            raise self._failed("written", error) from error

    def _failed(self, what: str, error: Exception) -> IndexProblem:
        import httpx

        if self._pointer and isinstance(error, httpx.HTTPError):
            return unreachable(self._pointer.server, error)
        return vectors_failed(self.folder, f"cannot be {what} ({error})")

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

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Return the keys of the nearest vectors with their cosines, nearest first.

        :raises IndexDamaged: Chroma could not search the folder.
        """
        try:
            found = self._collection.query(query_embeddings=[vector.tolist()], n_results=limit, include=["distances"])
        except _failures() as error:
            raise self._failed("searched", error) from error
        distances = (found["distances"] or [[]])[0]
        return [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], distances, strict=True)]


def cosines(stored: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cosines of vectors from the catalogue, one a row, with a unit vector.

    Kept with 16 bits they are not quite of unit length, and Chroma, whose cosines stand beside these, divides by it.
    """
    found: NDArray[np.float32] = stored @ vector / np.linalg.norm(stored, axis=1)
    return found


@contextmanager
def importing_ahead() -> Iterator[Callable[[], None]]:
    """Give a way to begin importing Chroma, which takes most of a second that the embedder needs no Python for.

    The import is over when the block is left: a process that ended in its midst would print its traceback.
    """
    begun: list[Thread] = []

    def load() -> None:
        with suppress(ImportError):  # whoever opens the index meets it again and says so
            import_module("chromadb")

    def begin() -> None:
        if not begun:
            begun.append(Thread(target=load, name="import chromadb"))
            begun[0].start()

    try:
        yield begin
    finally:
        for thread in begun:
            thread.join()


def copy_folder(source: Path, target: Path) -> None:
    """Copy a published folder to start the next one from; a half-made `target` is thrown away.

    :raises IndexDamaged: the old or the new vectors are at a server, where nothing can be copied.
    """
    if is_served(source) or is_served(target):
        raise IndexDamaged(f"The vectors in {source} cannot be copied, because they are or go to a server.")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(f"{_DATABASE}*"))
    _copy_database(source, target)


def _double(source: Path, target: Path) -> Path:
    """Make `target` a folder with a database of its own and links to the index files, which a reader never changes."""
    for path in source.iterdir():
        if path.is_dir():
            (target / path.name).symlink_to(path.resolve(), target_is_directory=True)
    _copy_database(source, target)
    return target


def _copy_database(source: Path, target: Path) -> None:
    # Readers of the published folder write to its database (locks and notes of Chroma's own): copy one state of it.
    there = f"file:{quote(str(source.resolve() / _DATABASE))}?mode=ro"
    with closing(sqlite3.connect(there, uri=True)) as old, closing(sqlite3.connect(target / _DATABASE)) as new:
        old.backup(new)


def _failures() -> tuple[type[Exception], ...]:
    """Return what Chroma raises, in a folder and through a server."""
    import httpx
    from chromadb.errors import ChromaError

    return (ChromaError, httpx.HTTPError)


@needed_by("The index")
def _open_client(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    try:
        client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        return cast("Client", client)
    except (ChromaError, ValueError) as error:
        raise vectors_failed(folder, f"cannot be opened ({error})") from error
