"""Golden cases: questions whose right answer, right source or right silence is known.

One JSON object per line, or a YAML list of mappings: ``{"id", "question", "answers": [...], "sources": [...],
"evidence": [...], "must_abstain", "language", "tags": [...], "page", "conversation": [{"role", "content"}],
"reviewed", "probability", "origin"}``; only `id` and `question` are required, and an answerable case needs `answers` or
`sources`. Unknown keys are refused, so that a misspelt key is never silently ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.files import write_whole

_KEYS = {
    "id",
    "question",
    "answers",
    "sources",
    "evidence",
    "must_abstain",
    "language",
    "tags",
    "page",
    "conversation",
    "reviewed",
    "probability",
    "origin",
}
_ROLES = ("user", "assistant")
YAML_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """One earlier message of the conversation that a question belongs to; `role` is "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Case:
    """One golden question.

    `answers` are acceptable answers, any of which is right. `sources` are file names (or path endings) that hold the
    answer, `evidence` sentences that must be found there. A `must_abstain` case is right only when the pipeline
    abstains. `conversation` is what was said before, oldest first. A case that is not `reviewed` is a draft: it may
    still lack all of these. `origin` says where a draft comes from, `probability` how likely its interaction was to be
    drawn from the log.
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
    conversation: tuple[EarlierTurn, ...] = ()
    reviewed: bool = True
    probability: float | None = None
    origin: str = ""

    @property
    def judgeable(self) -> bool:
        """Whether an answer can be right or wrong: something is expected of it."""
        return self.must_abstain or bool(self.answers or self.sources)


def load_cases(path: Path) -> list[Case]:
    """Read all cases of a JSON Lines or YAML file.

    :raises InputError: the file is missing or empty, a case is malformed, or two cases share an id; the message
        names the line, or the place in the list.
    """
    cases: dict[str, Case] = {}
    rows = _yaml_rows if path.suffix.casefold() in YAML_ENDINGS else _json_rows
    for row, where in rows(_read_text(path), path):
        case = parse_case(row, where)
        if case.id in cases:
            raise InputError(f"{where}: case id {case.id!r} is used twice: give each case its own id.")
        cases[case.id] = case
    if not cases:
        raise InputError(f"{path} holds no cases: add one JSON object per line.")
    return list(cases.values())


def case_row(case: Case) -> dict[str, Any]:
    """Return a case as the object it is written as; what is as by default is left out."""
    row: dict[str, Any] = {"id": case.id, "question": case.question}
    for key in ("answers", "sources", "evidence", "tags"):
        if values := getattr(case, key):
            row[key] = list(values)
    row |= {"must_abstain": True} if case.must_abstain else {}
    row |= {"page": case.page} if case.page is not None else {}
    row |= {"language": case.language} if case.language != "en" else {}
    if case.conversation:
        row["conversation"] = [{"role": said.role, "content": said.content} for said in case.conversation]
    row |= {} if case.reviewed else {"reviewed": False}
    row |= {"probability": case.probability} if case.probability is not None else {}
    return row | ({"origin": case.origin} if case.origin else {})


def write_cases(path: Path, cases: Iterable[Case]) -> None:
    """Write a case file, JSON Lines or YAML by its ending; the file is replaced as a whole."""
    rows = [case_row(case) for case in cases]
    if path.suffix.casefold() in YAML_ENDINGS:
        import yaml

        text: str = yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=120)
    else:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write_whole(path, text)


def parse_case(row: object, where: str) -> Case:
    """Return the case of one object; `where` begins the message of an error.

    :raises InputError: it is malformed, or nothing is expected of its answer and it is no draft.
    """
    if not isinstance(row, dict):
        raise InputError(f"{where}: expected an object, found {type(row).__name__}: put one JSON object per line.")
    if unknown := sorted(map(str, set(row) - _KEYS)):
        raise InputError(f"{where}: unknown key {unknown[0]!r}: known keys are {', '.join(sorted(_KEYS))}.")
    case = Case(
        id=_text(row, "id", where),
        question=_text(row, "question", where),
        answers=_texts(row, "answers", where),
        sources=_texts(row, "sources", where),
        evidence=_texts(row, "evidence", where),
        must_abstain=_flag(row, "must_abstain", where, default=False),
        language=str(row.get("language", "en")),
        tags=_texts(row, "tags", where),
        page=_page(row, where),
        conversation=_conversation(row, where),
        reviewed=_flag(row, "reviewed", where, default=True),
        probability=_probability(row, where),
        origin=str(row.get("origin", "")),
    )
    if case.reviewed and not case.judgeable:
        raise InputError(
            f"{where}: case {case.id!r} needs answers, sources or must_abstain: without one it cannot be judged."
        )
    return case


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"There is no case file at {path}: pass --cases FILE.jsonl.") from error
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder: pass --cases FILE.jsonl.") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 text ({error.reason} at byte {error.start}): save it as UTF-8."
        ) from error


def _json_rows(text: str, path: Path) -> Iterator[tuple[object, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield json.loads(line), f"{path}:{number}"
        except json.JSONDecodeError as error:
            raise InputError(
                f"{path}:{number}: not JSON ({error.msg} at column {error.colno}): put one object per line."
            ) from error


def _yaml_rows(text: str, path: Path) -> Iterator[tuple[object, str]]:
    import yaml

    try:
        rows = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"{path} is not YAML ({' '.join(str(error).split())}): write a list of cases.") from error
    if rows is not None and not isinstance(rows, list):
        raise InputError(f"{path} holds a {type(rows).__name__}: write a list of cases, each beginning with '- id:'.")
    for number, row in enumerate(rows or (), start=1):
        yield row, f"{path}, case {number}"


def _text(row: dict[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{where}: {key!r} must be a non-empty string, found {value!r}.")
    return value


def _texts(row: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise InputError(f"{where}: {key!r} must be a list of non-empty strings, found {value!r}.")
    return tuple(value)


def _flag(row: dict[str, Any], key: str, where: str, *, default: bool) -> bool:
    value = row.get(key, default)
    if not isinstance(value, bool):
        raise InputError(f"{where}: {key!r} must be true or false, found {value!r}.")
    return value


def _page(row: dict[str, Any], where: str) -> int | None:
    value = row.get("page")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise InputError(f"{where}: 'page' must be a whole number, found {value!r}.")
    return value


def _probability(row: dict[str, Any], where: str) -> float | None:
    value = row.get("probability")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise InputError(f"{where}: 'probability' must lie above 0 and be at most 1, found {value!r}.")
    return float(value)


def _conversation(row: dict[str, Any], where: str) -> tuple[EarlierTurn, ...]:
    turns: Sequence[Any] = row.get("conversation", [])
    if not isinstance(turns, list) or not all(_is_turn(turn) for turn in turns):
        raise InputError(
            f'{where}: \'conversation\' must be a list of {{"role": "user" or "assistant", "content": text}}, '
            f"found {turns!r}."
        )
    return tuple(EarlierTurn(turn["role"], turn["content"]) for turn in turns)


def _is_turn(turn: object) -> bool:
    return (
        isinstance(turn, dict)
        and set(turn) == {"role", "content"}
        and turn["role"] in _ROLES
        and isinstance(turn["content"], str)
    )
