"""Canaries: the fixed questions that `drift probe` asks on a schedule.

One JSON object per line: ``{"id", "question", "answers": [...], "must_abstain"}``; only `question` is required, other
keys are passed over, so that a file of golden cases serves too. The questions that must be abstained from (negatives)
show a model that has begun to answer what it cannot know.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.jsonl import check_file, parse_json
from data.records import content_hash


@dataclass(frozen=True, slots=True)
class Canary:
    """A fixed question, its acceptable answers if they are known, or that it cannot be answered."""

    id: str
    question: str
    answers: tuple[str, ...] = ()
    must_abstain: bool = False


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
        row = parse_json(raw)
    except InputError as error:
        raise InputError(f"{where}: {error}: put one object per line.") from error
    if not isinstance(row, dict):
        raise InputError(f"{where}: expected an object, found {type(row).__name__}: put one object per line.")
    question, answers = row.get("question"), row.get("answers") or []
    if not isinstance(question, str) or not question.strip():
        raise InputError(f"{where}: 'question' must be a non-empty string, found {question!r}.")
    if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
        raise InputError(f"{where}: 'answers' must be a list of strings, found {answers!r}.")
    return Canary(_name(row, question), question.strip(), tuple(answers), row.get("must_abstain") is True)


def _name(row: dict[str, Any], question: str) -> str:
    return str(row.get("id") or row.get("case") or content_hash(question.strip()))
