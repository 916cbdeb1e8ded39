"""Golden cases: questions whose right answer, right source or right silence is known.

One JSON object per line, or a YAML list of mappings: ``{"id", "question", "answers": [...], "sources": [...],
"evidence": [...], "must_abstain", "language", "tags": [...], "page", "conversation": [{"role", "content"}], "reviewed",
"probability", "origin"}``. Only `id` and `question` are required. An answerable case needs `answers` or `sources`, too.
Unknown keys are refused, so that a misspelt key is never silently ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Strict

from data.arguments import given_path
from data.errors import InputError, cause
from data.files import write_whole
from data.jsonl import parse_json
from data.shapes import AsText, Flag, Requirement, Shape, Share, Text

YAML_ENDINGS = (".yaml", ".yml")
_Texts = Annotated[tuple[Text, ...], Requirement("{key} must be a list of non-empty strings")]
_CONVERSATION = Requirement('{key} must be a list of {"role": "user" or "assistant", "content": text}')


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """One earlier message of the conversation that a question belongs to; `role` is "user" or "assistant"."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    content: Annotated[str, Strict()]


@dataclass(frozen=True, slots=True)
class Case:
    """One golden question.

    `answers` are acceptable answers, any of which is right. `sources` are file names (or path endings) that hold the
    answer, `evidence` sentences that must be found there. A `must_abstain` case is right only when the pipeline
    abstains. `conversation` is what was said before, oldest first. A case that is not `reviewed` is a draft: it may
    still lack all of these. `origin` says where a draft comes from, `probability` how likely its interaction was to be
    drawn from the log.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: Text
    question: Text
    answers: _Texts = ()
    sources: _Texts = ()
    evidence: _Texts = ()
    must_abstain: Flag = False
    language: AsText = "en"
    tags: _Texts = ()
    page: Annotated[int, Strict(), Requirement("{key} must be a whole number")] | None = None
    conversation: Annotated[tuple[EarlierTurn, ...], _CONVERSATION] = ()
    reviewed: Flag = True
    probability: Share | None = None
    origin: AsText = ""

    @property
    def judgeable(self) -> bool:
        """Whether an answer can be right or wrong: something is expected of it."""
        return self.must_abstain or bool(self.answers or self.sources)


_CASE = Shape(Case)


def load_cases(path: Path | str) -> list[Case]:
    """Read all cases of a JSON Lines or YAML file.

    :raises InputError: the file is missing or empty, a case is malformed, or two cases share an id; the message
        names the line, or the place in the list.
    """
    path = given_path("load_cases", "path", path, "a .jsonl or .yaml file")
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
    try:
        case = _CASE.read(row)
    except InputError as error:
        raise InputError(f"{where}: {error}.") from error
    if case.reviewed and not case.judgeable:
        raise InputError(
            f"{where}: case {case.id!r} needs answers, sources or must_abstain: without one it cannot be judged."
        )
    return case


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(
            f"There is no case file at {path}: name a .jsonl or .yaml file, on the command line with --cases."
        ) from error
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder: name a .jsonl or .yaml file in it.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({cause(error)}): check the path and its rights.") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 text ({error.reason} at byte {error.start}): save it as UTF-8."
        ) from error


def _json_rows(text: str, path: Path) -> Iterator[tuple[object, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield parse_json(line), f"{path}:{number}"
        except InputError as error:
            raise InputError(f"{path}:{number}: {error}: put one object per line.") from error


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
