"""Rows of the log as lines of a file, and back."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data.log.rows import from_row, to_row
from data.records import Interaction, Score

_VECTORS = ("question_vector", "answer_vector")


@dataclass(frozen=True, slots=True)
class Rows:
    """Interactions and scores that are written together; `unscored` ones are still to be completed."""

    interactions: tuple[Interaction, ...]
    scores: tuple[Score, ...]
    unscored: bool = False

    def __len__(self) -> int:
        return len(self.interactions) + len(self.scores)


@dataclass(slots=True)
class Counts:
    """Interactions and scores by what became of them: `dropped` are lines that could not be read back."""

    taken: int = 0
    written: int = 0
    spooled: int = 0
    dropped: int = 0


def pack(rows: Rows) -> bytes:
    """Return one line."""
    body = {
        "interactions": [_packed(to_row(item)) for item in rows.interactions],
        "scores": [asdict(score) for score in rows.scores],
        "unscored": rows.unscored,
    }
    return json.dumps(body).encode() + b"\n"


def read_rows(path: Path) -> tuple[list[Rows], int]:
    """Return the rows of a file, and how many of its lines are none: of a kill the last may be cut."""
    lines = [line for line in path.read_bytes().split(b"\n") if line.strip()]
    rows = [found for line in lines if (found := _unpack(line)) is not None]
    return rows, len(lines) - len(rows)


def _packed(row: dict[str, Any]) -> dict[str, Any]:
    vectors = {name: base64.b64encode(row[name]).decode() for name in _VECTORS if row[name] is not None}
    return row | vectors


def _unpack(line: bytes) -> Rows | None:
    try:
        body = json.loads(line)
        interactions = tuple(from_row(_unpacked(row)) for row in body["interactions"])
        return Rows(interactions, tuple(Score(**score) for score in body["scores"]), body.get("unscored", False))
    except (ValueError, KeyError, TypeError):
        return None


def _unpacked(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: base64.b64decode(row[name]) for name in _VECTORS if row[name] is not None}
