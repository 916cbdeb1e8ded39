"""Canaries: the fixed questions that `drift probe` asks on a schedule.

One JSON object per line: ``{"id", "question", "answers": [...], "must_abstain"}``; only `question` is required, other
keys are passed over, so that a file of golden cases serves too. The questions that must be abstained from (negatives)
show a model that has begun to answer what it cannot know.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Strict

from data.errors import InputError
from data.jsonl import check_file, parse_json
from data.records import content_hash
from data.shapes import EmptyIsNone, Name, Requirement, Shape, Text


@dataclass(frozen=True, slots=True)
class Canary:
    """A fixed question, its acceptable answers if they are known, or that it cannot be answered."""

    id: str
    question: str
    answers: tuple[str, ...] = ()
    must_abstain: bool = False


_Answers = Annotated[
    tuple[Annotated[str, Strict()], ...] | None, EmptyIsNone, Requirement("{key} must be a list of strings")
]


@dataclass(frozen=True, slots=True)
class _Row:
    """A line; unknown keys are passed over."""

    question: Text
    id: Name = ""
    case: Name = ""
    answers: _Answers = None
    must_abstain: object = False


_ROW = Shape(_Row)


def load_canaries(path: Path) -> list[Canary]:
    """Read all canaries of a file.

    :raises InputError: the file is missing or empty, a line is malformed, or an id is used twice.
    """
    if not path.exists():
        raise InputError(
            f"There are no canaries at {path}: write a JSON object with a question per line there, or pass --canaries."
        )
    check_file(path)
    found: dict[str, Canary] = {}
    for number, raw in enumerate(path.read_bytes().splitlines(), start=1):
        if not raw.strip():
            continue
        canary = _parsed(raw, f"{path}:{number}")
        if canary.id in found:
            raise InputError(f"{path}:{number}: canary {canary.id!r} stands there twice: give each its own id.")
        found[canary.id] = canary
    if not found:
        raise InputError(f"{path} holds no canaries: add one JSON object with a question per line.")
    return list(found.values())


def _parsed(raw: bytes, where: str) -> Canary:
    try:
        row = _ROW.read(parse_json(raw))
    except InputError as error:
        raise InputError(f"{where}: {error}: put one object with a question per line.") from error
    return Canary(
        row.id or row.case or content_hash(row.question.strip()),
        row.question.strip(),
        row.answers or (),
        row.must_abstain is True,
    )
