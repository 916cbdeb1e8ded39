"""The interchange format: interactions of any RAG application as JSON Lines.

One object per line: ``{"id", "at", "question", "answer", "contexts": [{"id", "text", "source", "score"}], "latency_ms",
"error", "model", "tags", "scores": [{"metric", "value", "source"}]}``; `id`, `at`, `question` and `answer` are
required. Optional beyond that: ``"outcome"``, ``"kind"``, ``"fingerprint"``. Unknown keys are left out and not an
error, so that richer exports of other tools can be read as they are. A context may be its text alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from data.arguments import given_path
from data.errors import InputError
from data.interchange.row import CONTEXT, ROW, SCORE, Row
from data.jsonl import RejectedLine, check_file, parse_json
from data.records import ABSTENTION, Context, Fingerprint, Interaction, Outcome, Score, content_hash

_FINGERPRINT = tuple(field.name for field in fields(Fingerprint))


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What a file held: the good interactions with their scores, and the lines refused."""

    interactions: tuple[Interaction, ...]
    scores: tuple[Score, ...]
    rejected: tuple[RejectedLine, ...]


def read_interactions(path: Path | str) -> ImportedFile:
    """Read an interchange file; bad lines are returned as `rejected` and never stop the good ones.

    :raises InputError: the file is missing, is a folder, is compressed or not UTF-8, or holds no lines at all.
    """
    path = given_path("read_interactions", "path", path, "a JSON Lines file")
    check_file(path)
    interactions: dict[str, Interaction] = {}
    scores: list[Score] = []
    rejected: list[RejectedLine] = []
    seen = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            seen += 1
            try:
                interaction, line_scores = parse_line(raw)
                if interaction.id in interactions:
                    raise InputError(f"id {interaction.id!r} is used by an earlier line too")
            except InputError as error:
                rejected.append(RejectedLine(number, str(error), raw.decode("utf-8", "replace").rstrip("\n")))
                continue
            interactions[interaction.id] = interaction
            scores.extend(line_scores)
    if not seen:
        raise InputError(f"{path} is empty: expected one JSON object per line with id, at, question and answer.")
    return ImportedFile(tuple(interactions.values()), tuple(scores), tuple(rejected))


def parse_line(raw: bytes | str) -> tuple[Interaction, list[Score]]:
    """Turn one interchange line into an interaction and its scores.

    :raises InputError: the line is not an object of the format; the message is the reason alone.
    """
    row = ROW.read(parse_json(raw))
    error = row.error or None
    interaction = Interaction(
        id=row.id,
        at=row.at,
        question=row.question,
        answer=row.answer,
        outcome=row.outcome or _outcome_of(row.answer, error),
        kind=row.kind or "user",
        contexts=tuple(_context(item) for item in row.contexts or ()),
        latency_ms={} if row.latency_ms is None else {"total": row.latency_ms},
        error=error,
        fingerprint=_fingerprint(row),
        tags={key: str(value) for key, value in (row.tags or {}).items()},
    )
    return interaction, [_score(row.id, item) for item in row.scores or ()]


def interchange_lines(interactions: Iterable[Interaction], scores: Iterable[Score]) -> Iterator[str]:
    """Yield interactions with their scores in the interchange format, a line each."""
    by_interaction: dict[str, list[Score]] = {}
    for score in scores:
        by_interaction.setdefault(score.interaction_id, []).append(score)
    for item in interactions:
        row = {
            "id": item.id,
            "at": item.at.isoformat(),
            "question": item.question,
            "answer": item.answer,
            "contexts": [
                {"id": context.id, "text": context.text, "source": context.source, "score": context.score}
                for context in item.contexts
            ],
            "latency_ms": item.latency_ms.get("total"),
            "error": item.error,
            "model": item.fingerprint.chat_model,
            "tags": item.tags,
            "outcome": item.outcome,
            "kind": item.kind,
            "fingerprint": asdict(item.fingerprint),
            "scores": [
                {
                    "metric": s.metric,
                    "value": s.value,
                    "source": s.source,
                    "reason": s.reason,
                    "scorer": s.scorer,
                    "scorer_version": s.scorer_version,
                }
                for s in by_interaction.get(item.id, [])
            ],
        }
        yield json.dumps(row, ensure_ascii=False)


def _outcome_of(answer: str | None, error: str | None) -> Outcome:
    if error is not None or answer is None:
        return "failed"
    return "abstained" if ABSTENTION.casefold() in answer.casefold() or not answer.strip() else "answered"


def _context(item: object) -> Context:
    # Ragas and others have the text alone.
    row = CONTEXT.read({"text": item} if isinstance(item, str) else item)
    hashed = content_hash(row.text) if row.text is not None else ""
    return Context(row.id or hashed or content_hash(""), row.source, row.score, row.text, hashed)


def _score(interaction_id: str, item: object) -> Score:
    row = SCORE.read(item)
    return Score(
        interaction_id=interaction_id,
        metric=row.metric,
        value=row.value,
        source=row.source or "human",
        reason=row.reason,
        scorer=row.scorer or "imported",
        scorer_version=row.scorer_version,
    )


def _fingerprint(row: Row) -> Fingerprint:
    given = row.fingerprint or {}
    parts = {key: str(given[key]) for key in _FINGERPRINT if given.get(key) is not None}
    return Fingerprint(**{"chat_model": row.model, **parts})
