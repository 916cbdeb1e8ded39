"""Connections to `index.sqlite`: one per thread, and read-only ones where the folder may not be written.

In write-ahead mode SQLite writes even to read, its notes on who reads what (`-shm`). Where it cannot, as on a read-only
disk or in somebody else's folder, a file that is at rest is opened as one that never changes (`immutable`), and opened
anew when it has changed after all; while a writer holds it open, its notes are there to be read; and what a killed
writer left behind is read from a copy.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from rag.errors import IndexBusy

_WAIT_S = 60
_State = tuple[int, ...]


def may_write(path: Path) -> bool:
    """Tell whether `path` and the folder it lies in may be written, as far as the system tells beforehand."""
    return os.access(path.parent, os.W_OK) and os.access(path, os.W_OK)


@dataclass(frozen=True, slots=True)
class _PooledConnection:
    """A connection; `state` is that of the file it takes to be at rest, None where SQLite looks for changes itself."""

    connection: sqlite3.Connection
    state: _State | None = None


class Connections:
    """The connections of all threads to one file, in autocommit mode."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self.read_only = not may_write(path)

    @property
    def own(self) -> sqlite3.Connection:
        """The connection of the calling thread."""
        opened: _PooledConnection | None = getattr(self._threads, "opened", None)
        if opened is not None and opened.state is not None and not opened.connection.in_transaction:
            opened = self._still_fresh(opened)
        if opened is None:
            opened = self._open_read_only() if self.read_only else self._open()
            self._threads.opened = opened
            self._opened.append(opened.connection)
        return opened.connection

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._opened:
            connection.close()
        self._opened.clear()
        self._threads = threading.local()
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None

    @contextmanager
    def transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        """Write everything or, on an exception, nothing; read one state of the file.

        :raises IndexBusy: the file was written to while it was taken to be at rest.
        """
        connection = self.own
        state = self._threads.opened.state
        connection.execute(begin)
        try:
            yield connection
            self._check_at_rest(state)
        except BaseException:
            connection.execute("ROLLBACK")
            self._check_at_rest(state)
            raise
        connection.execute("COMMIT")

    def _open(self) -> _PooledConnection:
        connection = sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA synchronous = NORMAL")
        return _PooledConnection(connection)

    def _open_read_only(self) -> _PooledConnection:
        state = _state(self._path)
        if state[-1] == 0:  # no write-ahead log, or an empty one
            return _PooledConnection(_connect(self._path, "immutable=1"), state)
        connection = _connect(self._path, "mode=ro")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            return _PooledConnection(_connect(self._copied(), "mode=rw"), state)
        return _PooledConnection(connection)

    def _copied(self) -> Path:
        if self._copy is None:
            self._copy = tempfile.TemporaryDirectory(prefix="silentdrift-")
        copy = Path(tempfile.mkdtemp(dir=self._copy.name)) / self._path.name
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{self._path}{suffix}", f"{copy}{suffix}")
        return copy

    def _still_fresh(self, opened: _PooledConnection) -> _PooledConnection | None:
        if opened.state == _state(self._path):
            return opened
        opened.connection.close()
        self._opened.remove(opened.connection)
        return None

    def _check_at_rest(self, state: _State | None) -> None:
        if state is not None and state != _state(self._path):
            raise IndexBusy(f"{self._path} was written to while it was read: ask again.")


def _connect(path: Path, options: str) -> sqlite3.Connection:
    address = f"file:{quote(str(path))}?{options}"
    return sqlite3.connect(address, uri=True, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)


def _state(path: Path) -> _State:
    """Return what changes whenever the file or its write-ahead log is written to; the size of the latter is last."""
    found = path.stat()
    try:
        log = os.stat(f"{path}-wal")
    except FileNotFoundError:
        return found.st_ino, found.st_mtime_ns, found.st_size, 0
    return found.st_ino, found.st_mtime_ns, found.st_size, log.st_mtime_ns, log.st_size
