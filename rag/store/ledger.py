"""The ledger beside the index: which suspicious passages were released, and what was found in which content."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from rag.store.connections import may_write
from rag.store.disk_errors import may_only_be_read, storage_errors

FILE = "quarantine.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS released (chunk TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS judged (key TEXT PRIMARY KEY, document TEXT NOT NULL, unread TEXT NOT NULL) WITHOUT ROWID;
"""

Packed = tuple[str, str]
"""What was found in a document's text, and in what its reader left out, each as JSON."""


class Ledger:
    """A small database of its own, made at the first entry."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._writable = may_write(self._path) if self._path.exists() else os.access(folder, os.W_OK)

    def released(self) -> frozenset[str]:
        """Return the ids of the chunks somebody has released."""
        if not self._path.exists():
            return frozenset()
        with self._reading() as connection:
            return frozenset(chunk for (chunk,) in connection.execute("SELECT chunk FROM released"))

    def release(self, chunks: Iterable[str], at: str) -> None:
        """Let chunks into answers from now on.

        :raises IndexProblem: the folder may only be read.
        """
        with self._writing() as connection:
            connection.executemany("INSERT OR IGNORE INTO released VALUES (?, ?)", [(chunk, at) for chunk in chunks])

    def hold(self, chunks: Iterable[str]) -> None:
        """Take releases back. Raises like `release`."""
        with self._writing() as connection:
            connection.executemany("DELETE FROM released WHERE chunk = ?", [(chunk,) for chunk in chunks])

    def judgements(self) -> dict[str, Packed]:
        """Return all that was noted, by content."""
        if not self._path.exists():
            return {}
        with self._reading() as connection:
            rows = connection.execute("SELECT key, document, unread FROM judged").fetchall()
        return {key: (document, unread) for key, document, unread in rows}

    def note(self, judgements: Mapping[str, Packed]) -> None:
        """Keep judgements by content, so that they need not be made again; where nothing may be written they are."""
        if not self._writable:
            return
        rows = [(key, *packed) for key, packed in judgements.items()]
        with self._writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO judged VALUES (?, ?, ?)", rows)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        mode = "rw" if self._writable else "ro"
        address = f"file:{quote(str(self._path))}?mode={mode}"
        with storage_errors(self._path.parent), closing(sqlite3.connect(address, uri=True, timeout=10)) as connection:
            if self._writable:
                connection.executescript(_TABLES)
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if not self._writable:
            raise may_only_be_read(self._path.parent)
        with storage_errors(self._path.parent), closing(sqlite3.connect(self._path, timeout=10)) as connection:
            connection.executescript(_TABLES)
            with connection:
                yield connection
