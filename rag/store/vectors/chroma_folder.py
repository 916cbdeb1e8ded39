"""The vectors of one published revision in a Chroma folder of its own.

A published folder is never written again. Chroma's embedded mode is not safe for a writer beside other processes: even
a reader applies the write-ahead log and rewrites index files (measured on 1.5.9), handles never see another process's
vectors, and two writers can leave a folder that crashes the interpreter. So a new revision is a copy of the last folder
with the difference applied; readers open it when the catalogue names it.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast
from urllib.parse import quote

from data.errors import cause
from data.extras import needed_by
from rag.errors import IndexDamaged
from rag.store import may_write, vectors_failed
from rag.store.vectors.chroma_collection import ChromaCollection, find_collection, make_collection, opening_errors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

COLLECTION = "chunks"
DATABASE = "chroma.sqlite3"
# Nothing may stay in the write-ahead log: each reader that opens would apply it and rewrite the index files.
_PERSIST_AFTER = 1


class ChromaFolder(ChromaCollection):
    """A collection in a folder; `double` is one that is read in its place, and removed afterwards."""

    def __init__(
        self,
        client: Client,
        collection: Collection,
        folder: Path,
        double: tempfile.TemporaryDirectory[str] | None = None,
    ) -> None:
        super().__init__(client, collection, folder)
        self._double = double

    @classmethod
    def create(cls, folder: Path, embedder: str) -> Self:
        """Make the database of an empty folder.

        :raises IndexOutOfSpace: the disk is full.
        """
        client = _client(folder)
        try:
            return cls(client, make_collection(client, COLLECTION, embedder, _PERSIST_AFTER), folder)
        except opening_errors() as error:
            client.close()
            raise vectors_failed(folder, f"cannot be written ({cause(error)})") from error

    @classmethod
    def open(cls, folder: Path, embedder: str) -> Self:
        """Open a folder, or a double of it where it may not be written: Chroma writes notes even to read.

        :raises IndexDamaged: Chroma cannot open it, or it holds the vectors of another embedder.
        :raises IndexOutOfSpace: the disk is full.
        """
        if not (folder / DATABASE).is_file():
            raise IndexDamaged(f"The vectors in {folder} are gone: run `rag repair`, which embeds nothing again.")
        if may_write(folder / DATABASE):
            return cls._opened(folder, folder, embedder, None)
        double = tempfile.TemporaryDirectory(prefix="silentdrift-")
        try:
            return cls._opened(_lay_double(folder, Path(double.name)), folder, embedder, double)
        except BaseException:
            double.cleanup()
            raise

    @classmethod
    def _opened(cls, place: Path, folder: Path, embedder: str, double: tempfile.TemporaryDirectory[str] | None) -> Self:
        client = _client(place)
        try:
            return cls(client, find_collection(client, COLLECTION, embedder, folder), folder, double)
        except opening_errors() as error:
            client.close()
            raise vectors_failed(folder, f"cannot be read ({cause(error)})") from error
        except IndexDamaged:
            client.close()
            raise

    @classmethod
    def copy(cls, source: Path, target: Path) -> bool:
        """Copy a published folder to start the next one from; a half-made `target` is thrown away."""
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(f"{DATABASE}*"))
        _copy_database(source, target)
        return True

    def close(self) -> None:
        """Release the folder."""
        super().close()
        if self._double is not None:
            self._double.cleanup()


def _lay_double(source: Path, target: Path) -> Path:
    """Make `target` a folder with a database of its own and links to the index files, which a reader never changes."""
    for path in source.iterdir():
        if path.is_dir():
            (target / path.name).symlink_to(path.resolve(), target_is_directory=True)
    _copy_database(source, target)
    return target


def _copy_database(source: Path, target: Path) -> None:
    # Readers of the published folder write to its database (locks and notes of Chroma's own): copy one state of it.
    there = f"file:{quote(str(source.resolve() / DATABASE))}?mode=ro"
    with closing(sqlite3.connect(there, uri=True)) as old, closing(sqlite3.connect(target / DATABASE)) as new:
        old.backup(new)


@needed_by("The index")
def _client(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    try:
        client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        return cast("Client", client)
    except (ChromaError, ValueError) as error:
        raise vectors_failed(folder, f"cannot be opened ({cause(error)})") from error
