"""The ledger beside the index: which suspicious passages were released, and what was found in which content."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

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

    def released(self) -> frozenset[str]:
        """Return the ids of the chunks somebody has released."""
        if not self._path.exists():
            return frozenset()
        with self._open() as connection:
            return frozenset(chunk for (chunk,) in connection.execute("SELECT chunk FROM released"))

    def release(self, chunks: Iterable[str], at: str) -> None:
        """Let chunks into answers from now on."""
        with self._open() as connection:
            connection.executemany("INSERT OR IGNORE INTO released VALUES (?, ?)", [(chunk, at) for chunk in chunks])

    def hold(self, chunks: Iterable[str]) -> None:
        """Take releases back."""
        with self._open() as connection:
            connection.executemany("DELETE FROM released WHERE chunk = ?", [(chunk,) for chunk in chunks])

    def judgements(self) -> dict[str, Packed]:
        """Return all that was noted, by content."""
        if not self._path.exists():
            return {}
        with self._open() as connection:
            rows = connection.execute("SELECT key, document, unread FROM judged").fetchall()
        return {key: (document, unread) for key, document, unread in rows}

    def note(self, judgements: Mapping[str, Packed]) -> None:
        """Keep judgements by content."""
        rows = [(key, *packed) for key, packed in judgements.items()]
        with self._open() as connection:
            connection.executemany("INSERT OR REPLACE INTO judged VALUES (?, ?, ?)", rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10)) as connection:
            connection.executescript(_TABLES)
            with connection:
                yield connection
