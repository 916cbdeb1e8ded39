"""Canaries that nobody has to write from nothing: golden cases, and what people ask most (`drift probe init`).

A question of the log comes without an answer, because the logged one may be wrong: what was quoted stands beside it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.canaries import load_canaries
from data.cases import Case, load_cases
from data.errors import InputError
from data.files import write_whole
from data.records import Interaction, content_hash, is_stand_in
from data.text import terms
from pipelines.answer import whole_log
from pipelines.monitoring.canaries.rounds import CANARIES
from pipelines.wiring import Workspace

if TYPE_CHECKING:
    from collections.abc import Hashable

CASES = "cases.jsonl"
_DECLINED = 0.25
"""The share of canaries that must be declined, where there are so many."""

_MOSTLY = 0.67
_LONGEST = 400
_QUOTE = 300

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CanaryDrafts:
    """How many canaries were added to a file, how many it has, and what is left to do by hand.

    `declined` of the added must be declined, `open` have no answer yet.
    """

    path: Path
    added: int
    total: int
    declined: int
    open: int

    def __str__(self) -> str:
        lines = [f"{self.added} canaries added to {self.path}, {self.total} in it; {self.declined} must be declined."]
        if self.open:
            lines.append(f'{self.open} questions of the log have no answer yet: fill in "answers"; "quoted" may help.')
        if not self.declined:
            lines.append('None must be declined: add questions that nothing answers, with "must_abstain": true.')
        return "\n".join([*lines, "Next: drift probe"])


def draft_canaries(
    workspace: Workspace,
    path: Path | None,
    cases: Path | None,
    count: int,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> CanaryDrafts:
    """Add up to `count` canaries to a file; what is in it stays as it is.

    Reviewed golden cases come first, then the questions that were asked most often. A quarter must be declined, where
    there are so many.

    :raises InputError: a file cannot be read, or there is nothing to draft from.
    """
    target = path or workspace.folder / CANARIES
    there = load_canaries(target) if target.exists() else []
    known = {_key(canary.question) for canary in there}
    golden = cases or workspace.folder / CASES
    found = [*_of_cases(load_cases(golden) if cases or golden.exists() else [])]
    found += _of_log(whole_log(workspace).read(since, until))
    fresh = _chosen(_new(found, known), count)
    if not fresh:
        raise InputError(
            "Neither golden cases nor the log hold a question that is no canary yet: write cases by "
            "`rag eval init`, or ask questions first."
        )
    lines = [json.dumps(row, ensure_ascii=False) for row in fresh]
    old = target.read_text(encoding="utf-8").rstrip("\n") if target.exists() else ""
    write_whole(target, "\n".join([*([old] if old else []), *lines]) + "\n")
    return CanaryDrafts(
        target,
        len(fresh),
        len(there) + len(fresh),
        sum(bool(row.get("must_abstain")) for row in fresh),
        sum(not row.get("answers") and not row.get("must_abstain") for row in fresh),
    )


def _of_cases(cases: Sequence[Case]) -> Iterator[Row]:
    """Yield the cases whose answers can be told right from wrong; a question amid a conversation is none."""
    for case in sorted(cases, key=lambda case: not case.reviewed):
        if (case.answers or case.must_abstain) and not case.conversation:
            right = {"must_abstain": True} if case.must_abstain else {"answers": list(case.answers)}
            yield {"id": case.id, "question": case.question.strip()} | right


def _of_log(items: Iterable[Interaction]) -> Iterator[Row]:
    """Yield the questions of users, those asked most often first; the same words in another order are one question."""
    asked: dict[Hashable, list[Interaction]] = defaultdict(list)
    for item in items:
        usable = item.kind == "user" and item.outcome != "failed" and not is_stand_in(item.question)
        if usable and 0 < len(item.question.strip()) <= _LONGEST and (key := _key(item.question)):
            asked[key].append(item)
    for same in sorted(asked.values(), key=len, reverse=True):
        yield _of_questions(same)


def _of_questions(same: Sequence[Interaction]) -> Row:
    question = same[-1].question.strip()
    row: Row = {"id": f"asked-{content_hash(question)[:10]}", "question": question}
    if sum(item.outcome == "abstained" for item in same) >= _MOSTLY * len(same):
        return row | {"must_abstain": True, "asked": len(same)}
    quotes = [part.quote for item in reversed(same) for part in item.citations if part.supported]
    return row | {"answers": [], "asked": len(same), "quoted": quotes[0][:_QUOTE] if quotes else ""}


def _new(found: Iterable[Row], known: set[Hashable]) -> Iterator[Row]:
    ids: set[str] = set()
    for row in found:
        key = _key(row["question"])
        if key not in known and row["id"] not in ids:
            known.add(key)
            ids.add(row["id"])
            yield row


def _chosen(found: Iterable[Row], count: int) -> list[Row]:
    rows = list(found)
    declined = [row for row in rows if row.get("must_abstain")][: max(1, round(_DECLINED * count))]
    answered = [row for row in rows if not row.get("must_abstain")][: count - len(declined)]
    return [*answered, *declined]


def _key(question: str) -> Hashable:
    return frozenset(terms(question)) or None
