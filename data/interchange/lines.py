"""The interchange format: interactions of any RAG application as JSON Lines.

One object per line: ``{"id", "at", "question", "answer", "contexts": [{"id", "text", "source", "score"}], "latency_ms",
"error", "model", "session", "user", "finish_reason", "tags", "scores": [{"metric", "value", "source", "direction",
"range"}]}``; `id`, `at`, `question` and `answer` are required. Optional beyond that: ``"outcome"``, ``"kind"``,
``"fingerprint"``. Unknown keys are left out and not an error, so that richer exports of other tools can be read as they
are. A context may be its text alone. An empty answer is an answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import Path

from data.arguments import given_path
from data.errors import InputError
from data.interchange.contents import FileContents, ImportedFile
from data.interchange.row import CONTEXT, ROW, Row
from data.interchange.scores import score_of
from data.jsonl import check_file, parse_json
from data.records import Context, Fingerprint, Interaction, Score, content_hash
from data.scales import MetricSettings
from data.traces import finish_flags, outcome_of

_FINGERPRINT = tuple(field.name for field in fields(Fingerprint))


def read_interactions(path: Path | str, metrics: MetricSettings | None = None) -> ImportedFile:
    """Read an interchange file; bad lines are returned as `rejected` and never stop the good ones.

    A row that is there twice counts once. What is wrong with a score costs that score alone.

    :raises InputError: the file is missing, is a folder, is compressed or not UTF-8, or holds no lines at all.
    """
    path = given_path("read_interactions", "path", path, "a JSON Lines file")
    check_file(path)
    gathered, seen = FileContents(), 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            seen += 1
            try:
                gathered.add(*parse_line(raw, metrics))
            except InputError as error:
                gathered.refuse(number, str(error), raw.decode("utf-8", "replace").rstrip("\n"))
    if not seen:
        raise InputError(f"{path} is empty: expected one JSON object per line with id, at, question and answer.")
    return gathered.finished()


def parse_line(raw: bytes | str, metrics: MetricSettings | None = None) -> tuple[Interaction, list[Score]]:
    """Turn one interchange line into an interaction and its scores.

    :raises InputError: the line is not an object of the format; the message is the reason alone.
    """
    return parse_row(parse_json(raw), metrics)


def parse_row(value: object, metrics: MetricSettings | None = None) -> tuple[Interaction, list[Score]]:
    """Do as `parse_line` does with a line that was parsed already."""
    row = ROW.read(_without_nan(value))
    error = row.error or None
    interaction = Interaction(
        id=row.id,
        at=row.at,
        question=row.question,
        answer=row.answer,
        outcome=row.outcome or outcome_of(row.answer, error),
        kind=row.kind or "user",
        contexts=tuple(_context(item) for item in row.contexts or ()),
        latency_ms={} if row.latency_ms is None else {"total": row.latency_ms},
        error=error,
        fingerprint=_fingerprint(row),
        tags=_tags(row),
        flags=finish_flags(row.finish_reason),
    )
    return interaction, [score_of(row.id, item, metrics) for item in row.scores or ()]


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
            "finish_reason": next(iter(item.flags), None),
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
                    "scale": s.scale,
                }
                for s in by_interaction.get(item.id, [])
            ],
        }
        yield json.dumps(row, ensure_ascii=False)


def _without_nan(value: object) -> object:
    """Return a row with null where a table had nothing: exports of data frames write NaN there."""
    if not isinstance(value, dict):
        return value
    return {key: None if isinstance(item, float) and item != item else item for key, item in value.items()}


def _tags(row: Row) -> dict[str, str]:
    tags = {key: str(value) for key, value in (row.tags or {}).items()}
    return {**{key: value for key, value in (("session", row.session), ("user", row.user)) if value}, **tags}


def _context(item: object) -> Context:
    # Ragas and others have the text alone.
    row = CONTEXT.read({"text": item} if isinstance(item, str) else _without_nan(item))
    hashed = content_hash(row.text) if row.text is not None else ""
    return Context(row.id or hashed or content_hash(""), row.source, row.score, row.text, hashed)


def _fingerprint(row: Row) -> Fingerprint:
    given = row.fingerprint or {}
    parts = {key: str(given[key]) for key in _FINGERPRINT if given.get(key) is not None}
    return Fingerprint(**{"chat_model": row.model, **parts})
