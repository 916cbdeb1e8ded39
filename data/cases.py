"""Golden cases: questions whose right answer, right source or right silence is known.

One JSON object per line: ``{"id", "question", "answers": [...], "sources": [...], "evidence": [...], "must_abstain",
"language", "tags": [...], "page"}``; only `id` and `question` are required, and an answerable case needs `answers` or
`sources`. Unknown keys are refused, so that a misspelt key is never silently ignored.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import InputError

_KEYS = {"id", "question", "answers", "sources", "evidence", "must_abstain", "language", "tags", "page"}


@dataclass(frozen=True, slots=True)
class Case:
    """One golden question.

    `answers` are acceptable answers, any of which is right. `sources` are file names (or path endings) that hold the
    answer, `evidence` sentences that must be found there. A `must_abstain` case is right only when the pipeline
    abstains.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    must_abstain: bool = False
    language: str = "en"
    tags: tuple[str, ...] = ()
    page: int | None = None


def load_cases(path: Path) -> list[Case]:
    """Read all cases of a JSON Lines file.

    :raises InputError: the file is missing or empty, a line is malformed, or two cases share an id; the message
        names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise InputError(f"There is no case file at {path}: pass --cases FILE.jsonl.") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 text ({error.reason} at byte {error.start}): save it as UTF-8."
        ) from error
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        case = _parse_case(line, f"{path}:{number}")
        if case.id in cases:
            raise InputError(f"{path}:{number}: case id {case.id!r} is used twice: give each case its own id.")
        cases[case.id] = case
    if not cases:
        raise InputError(f"{path} holds no cases: add one JSON object per line.")
    return list(cases.values())


def _parse_case(line: str, where: str) -> Case:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{where}: not JSON ({error.msg} at column {error.colno}): put one object per line."
        ) from error
    if not isinstance(row, dict):
        raise InputError(f"{where}: expected an object, found {type(row).__name__}: put one JSON object per line.")
    if unknown := sorted(set(row) - _KEYS):
        raise InputError(f"{where}: unknown key {unknown[0]!r}: known keys are {', '.join(sorted(_KEYS))}.")
    case = Case(
        id=_text(row, "id", where),
        question=_text(row, "question", where),
        answers=_texts(row, "answers", where),
        sources=_texts(row, "sources", where),
        evidence=_texts(row, "evidence", where),
        must_abstain=bool(row.get("must_abstain", False)),
        language=str(row.get("language", "en")),
        tags=_texts(row, "tags", where),
        page=row.get("page"),
    )
    if not case.must_abstain and not (case.answers or case.sources):
        raise InputError(
            f"{where}: case {case.id!r} needs answers, sources or must_abstain: without one it cannot be judged."
        )
    return case


def _text(row: dict[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{where}: {key!r} must be a non-empty string, found {value!r}.")
    return value


def _texts(row: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InputError(f"{where}: {key!r} must be a list of strings, found {value!r}.")
    return tuple(value)
