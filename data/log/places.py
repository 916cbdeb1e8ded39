"""Where a log lies: in SQLite or PostgreSQL, to be written or, in a folder of somebody else, only to be read.

SQLite writes down beside a log who reads it. Where it cannot, as on a read-only disk, it refuses to open the log.
A log at rest is then opened as one that never changes (`immutable`); what a killed writer left is read from a copy.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from data.errors import WorkspaceError, cause

_WAIT_S = 30
_KNOWN = ("sqlite", "postgresql")
_KINDS = "a log lies in SQLite (sqlite:////var/rag/log.sqlite) or PostgreSQL (postgresql+psycopg://user@host/name)"


def shown_url(url: str) -> str:
    """Return a database URL fit for messages: without its password."""
    return sa.make_url(url).render_as_string(hide_password=True)


def open_engine(url: str) -> tuple[sa.Engine, bool]:
    """Return the database at `url`, and whether it may be written; nothing is read yet.

    :raises WorkspaceError: no URL, one of a database that cannot hold a log, or its driver is not installed.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise WorkspaceError(f"The log's URL cannot be used, it is no database URL: {_KINDS}.") from error
    if parsed.get_backend_name() not in _KNOWN:
        raise WorkspaceError(f"The log's URL cannot be used, it begins with {parsed.drivername!r}: {_KINDS}.")
    path = _file(parsed)
    if path is not None and path.is_file() and not may_write(path):
        return sa.create_engine("sqlite://", creator=partial(_reader, path), poolclass=sa.pool.NullPool), False
    try:
        engine = sa.create_engine(parsed)
    except ImportError as error:
        raise WorkspaceError(
            f"The log's URL needs a driver that is not installed ({cause(error)}): pip install 'silentdrift[postgres]',"
            " and begin it with postgresql+psycopg://."
        ) from error
    except sa.exc.ArgumentError as error:
        raise WorkspaceError(f"The log's URL cannot be used ({cause(error)}): {_KINDS}.") from error
    if path is not None:
        sa.event.listen(engine, "connect", _set_pragmas)
    return engine, True


def may_write(path: Path) -> bool:
    """Tell whether a file, there or not, and the folder it lies in may be written."""
    return os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def cannot_open(url: str, error: Exception) -> WorkspaceError:
    """Return the error for a log that cannot be opened, with what is to be done."""
    path = _file(sa.make_url(url))
    if path is None:
        return WorkspaceError(
            f"The log at {shown_url(url)} cannot be opened ({cause(error)}): check log.url, and that the database runs."
        )
    if path.is_dir():
        return WorkspaceError(f"The log at {path} cannot be opened, it is a folder: name a file in log.url.")
    if not path.parent.is_dir():
        return WorkspaceError(f"The log at {path} cannot be opened, there is no folder {path.parent}: make it first.")
    if not path.exists() and not may_write(path):
        return WorkspaceError(
            f"There is no log yet, and none can be made: the folder {path.parent} may not be written. {_REMEDY}"
        )
    return WorkspaceError(f"The log at {path} cannot be opened ({cause(error)}): check the file and the disk.")


_REMEDY = "Ask its owner for the right to write, or work in a copy of the workspace."


def cannot_write(url: str, error: Exception | None = None) -> WorkspaceError:
    """Return the error for a log that takes no rows; without an error it may only be read."""
    if error is None:
        path = _file(sa.make_url(url))
        return WorkspaceError(f"The log at {path} can be read, but its folder may not be written. {_REMEDY}")
    return WorkspaceError(f"The log could not be written ({cause(error)}): free disk space or end the other writer.")


def _file(url: sa.URL) -> Path | None:
    """Return the file of a SQLite URL; None for a log elsewhere or in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def _set_pragmas(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "busy_timeout=30000", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _reader(path: Path) -> sqlite3.Connection:
    log = path.with_name(f"{path.name}-wal")
    at_rest = not (log.exists() and log.stat().st_size)
    if at_rest and not path.with_name(f"{path.name}-shm").exists():
        return _connect(path, "immutable=1")
    connection = _connect(path, "mode=ro")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        return _connect(path, "immutable=1") if at_rest else _connect_copy(path)
    return connection


def _connect_copy(path: Path) -> sqlite3.Connection:
    with tempfile.TemporaryDirectory(prefix="silentdrift-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / path.name
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
        whole = _connect(copy, "mode=rw")
        whole.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return whole  # its files stay open though their names go


def _connect(path: Path, options: str) -> sqlite3.Connection:
    address = f"file:{quote(str(path))}?{options}"
    return sqlite3.connect(address, uri=True, timeout=_WAIT_S, check_same_thread=False)
