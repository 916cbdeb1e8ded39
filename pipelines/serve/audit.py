"""Who read what others asked: one line for each access, in a file of its own that nobody else may read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipelines.serve.errors import logger

AUDIT_FILE = "audit.jsonl"


class AuditFile:
    """Appends to `audit.jsonl` of a folder; what cannot be written is told to the server's log."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = folder / AUDIT_FILE
        self._clock = clock

    def note(self, key: str, address: str, path: str, *, allowed: bool) -> None:
        """Keep that a client asked for a path, and whether it may have it."""
        at = self._clock().isoformat(timespec="milliseconds")
        entry = {"at": at, "key": key, "address": address, "path": path, "allowed": allowed}
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, json.dumps(entry).encode() + b"\n")
            finally:
                os.close(handle)
        except OSError as error:
            logger.error("an access could not be kept in %s (%s): %s", self._path, error.strerror, json.dumps(entry))
