"""Rows that the log cannot hold: each stands in a file beside the journal, with the reason, and holds up no other."""

from __future__ import annotations

import json
import os
from pathlib import Path

from data.log.journal_lines import Rows, pack

SET_ASIDE = "set-aside.jsonl"


def set_aside(folder: Path, rows: Rows, error: Exception) -> None:
    """Put rows aside by the names of their interactions.

    :raises OSError: the disk takes no more.
    """
    names = [item.id for item in rows.interactions] or [score.interaction_id for score in rows.scores]
    try:
        line = pack(rows).decode("ascii").strip()
    except (TypeError, ValueError, RecursionError):
        line = ""  # what cannot be stored may be what cannot be written either
    _append(folder, {"ids": names, "reason": in_a_line(error), "row": line})


def set_line_aside(folder: Path, line: bytes, reason: str) -> None:
    """Put a line aside that holds no rows. Raises like `set_aside`."""
    _append(folder, {"ids": [], "reason": reason, "row": line.decode("utf-8", "replace")})


def in_a_line(error: BaseException) -> str:
    """Name what was raised, as part of a sentence."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def _append(folder: Path, entry: dict[str, object]) -> None:
    handle = os.open(folder / SET_ASIDE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, json.dumps(entry).encode() + b"\n")
    finally:
        os.close(handle)
