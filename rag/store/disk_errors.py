"""What a disk does to an index, told as one sentence: it is full, it fails, or what it holds is damaged."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.errors import cause
from rag.errors import IndexBusy, IndexDamaged, IndexOutOfSpace, IndexProblem

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_HARDLY_ANY = 2**20
"""With less free space than this, a write that failed is taken to have failed for want of it."""


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise about the index in `folder` into errors for people.

    :raises IndexOutOfSpace: the disk is full.
    :raises IndexDamaged: the catalogue is malformed.
    :raises IndexBusy: another process held the catalogue too long.
    :raises IndexProblem: the file system refuses or fails.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _explain(folder, error) from error
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise out_of_space(folder) from error


def out_of_space(folder: Path) -> IndexOutOfSpace:
    """Return the error for a full disk."""
    return IndexOutOfSpace(
        f"There is no space left on the disk of {folder}: free some and run the command again;"
        " what was published stays, what was prepared is taken up again."
    )


def may_only_be_read(folder: Path, why: str = "its folder may not be written") -> IndexProblem:
    """Return the error for an index in somebody else's folder, or on a read-only disk."""
    return IndexProblem(
        f"The index in {folder} can be searched, but not written to ({why}): ask its owner, or make a workspace of your"
        " own with `rag init`."
    )


def vectors_failed(folder: Path, what: str) -> IndexProblem:
    """Return the error for vectors in `folder` that fail as `what` says ("cannot be opened: …"), or for a full disk."""
    if _is_full(folder):
        return out_of_space(folder)
    return IndexDamaged(f"The vectors in {folder} {what}: run `rag repair`, which embeds nothing again.")


def _explain(folder: Path, error: sqlite3.DatabaseError) -> IndexProblem:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    trouble = code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
    if code == sqlite3.SQLITE_FULL or (trouble and _is_full(folder)):
        return out_of_space(folder)
    if code == sqlite3.SQLITE_BUSY:
        return IndexBusy(f"Another process holds the catalogue in {folder} for over a minute: end it and try again.")
    if trouble and not os.access(folder, os.W_OK):
        return may_only_be_read(folder)
    if trouble:
        return IndexProblem(
            f"The catalogue in {folder} cannot be read or written ({cause(error)}): check the disk and rights."
        )
    return IndexDamaged(
        f"The catalogue index.sqlite in {folder} cannot be read, it is damaged ({cause(error)}): restore it, or"
        " delete it and ingest again."
    )


def _is_full(folder: Path) -> bool:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free < _HARDLY_ANY
