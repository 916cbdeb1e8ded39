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
    """Interactions and scores by what became of them.

    `dropped` are lines that could not be read back, `set_aside` rows that the log cannot hold.
    """

    taken: int = 0
    written: int = 0
    spooled: int = 0
    dropped: int = 0
    set_aside: int = 0


def pack(rows: Rows) -> bytes:
    """Return one line."""
    body = {
        "interactions": [_packed(to_row(item)) for item in rows.interactions],
        "scores": [asdict(score) for score in rows.scores],
        "unscored": rows.unscored,
    }
    return json.dumps(body).encode() + b"\n"


def read_rows(path: Path) -> tuple[list[Rows], list[bytes]]:
    """Return the rows of a file, and those of its lines that hold none: of a kill the last may be cut."""
    lines = [line for line in path.read_bytes().split(b"\n") if line.strip()]
    read = [(line, _unpack(line)) for line in lines]
    return [rows for _, rows in read if rows is not None], [line for line, rows in read if rows is None]


def _packed(row: dict[str, Any]) -> dict[str, Any]:
    vectors = {name: base64.b64encode(row[name]).decode() for name in _VECTORS if row[name] is not None}
    return row | vectors


def _unpack(line: bytes) -> Rows | None:
    try:
        body = json.loads(line)
        interactions = tuple(from_row(_unpacked(row)) for row in body["interactions"])
        return Rows(interactions, tuple(Score(**score) for score in body["scores"]), body.get("unscored", False))
    except Exception:  # whatever is wrong with a line costs that line alone
        return None


def _unpacked(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: base64.b64decode(row[name]) for name in _VECTORS if row[name] is not None}
