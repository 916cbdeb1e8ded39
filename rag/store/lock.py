"""One writer at a time, across processes; the operating system drops the lock with the process that holds it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import IndexBusy
from rag.store.disk_errors import may_only_be_read, storage_errors

_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def writer_lock(folder: Path, timeout: float = 0.0) -> Iterator[None]:
    """Hold the index in `folder` for writing, waiting up to `timeout` seconds.

    What SQLite and the disk raise meanwhile becomes an error for people.

    :raises IndexBusy: another process holds it; the message names its process id.
    :raises IndexOutOfSpace: the disk is full.
    :raises IndexProblem: the folder may only be read.
    """
    holder = folder / "writer.pid"
    lock = FileLock(folder / "writer.lock", timeout=timeout, is_singleton=False)
    try:
        with storage_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
    except Timeout as error:
        raise IndexBusy(
            f"Another process ({_read_holder(holder)}) is writing to {folder}: wait for it to end, or end it."
        ) from error
    except OSError as error:
        if error.errno not in _NOT_WRITABLE:
            raise
        raise may_only_be_read(folder, str(error.strerror)) from error
    try:
        with storage_errors(folder):
            holder.write_text(str(os.getpid()), encoding="ascii")
            yield
    finally:
        lock.release()


def _read_holder(file: Path) -> str:
    try:
        return f"pid {int(file.read_text(encoding='ascii'))}"
    except (OSError, ValueError):
        return "pid unknown"
