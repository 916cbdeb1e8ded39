"""The interchange format: interactions of any RAG application as JSON Lines.

One object per line: ``{"id", "at", "question", "answer", "contexts": [{"id", "text", "source", "score"}], "latency_ms",
"error", "model", "tags", "scores": [{"metric", "value", "source"}]}``; `id`, `at`, `question` and `answer` are
required. Optional beyond that: ``"outcome"``, ``"kind"``, ``"fingerprint"``. Unknown keys are left out and not an
error, so that richer exports of other tools can be read as they are. A context may be its text alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.jsonl import RejectedLine, check_file, parse_json
from data.records import (
    ABSTENTION,
    KINDS,
    OUTCOMES,
    SCORE_SOURCES,
    Context,
    Fingerprint,
    Interaction,
    Score,
    content_hash,
)


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What a file held: the good interactions with their scores, and the lines refused."""

    interactions: tuple[Interaction, ...]
    scores: tuple[Score, ...]
    rejected: tuple[RejectedLine, ...]


def read_interactions(path: Path) -> ImportedFile:
    """Read an interchange file; bad lines are returned as `rejected` and never stop the good ones.

    :raises InputError: the file is missing, is a folder, is compressed or not UTF-8, or holds no lines at all.
    """
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
    row = parse_json(raw)
    if not isinstance(row, dict):
        raise InputError(f"expected an object, found {type(row).__name__}")
    for key in ("id", "at", "question", "answer"):
        if key not in row:
            raise InputError(f"required key {key!r} is missing")
    identifier = _string(row, "id")
    answer = row["answer"]
    if answer is not None and not isinstance(answer, str):
        raise InputError(f"'answer' must be a string or null, found {answer!r}")
    error_text = _optional_string(row, "error")
    interaction = Interaction(
        id=identifier,
        at=_time(row["at"]),
        question=_string(row, "question"),
        answer=answer,
        outcome=_choice(row, "outcome", OUTCOMES, _outcome_of(answer, error_text)),
        kind=_choice(row, "kind", KINDS, "user"),
        contexts=tuple(_context(item) for item in _list(row, "contexts")),
        latency_ms=_latency(row.get("latency_ms")),
        error=error_text,
        fingerprint=_fingerprint(row),
        tags={str(key): str(value) for key, value in _mapping(row, "tags").items()},
    )
    return interaction, [_score(identifier, item) for item in _list(row, "scores")]


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


def _outcome_of(answer: str | None, error: str | None) -> str:
    if error is not None or answer is None:
        return "failed"
    return "abstained" if ABSTENTION.casefold() in answer.casefold() or not answer.strip() else "answered"


def _time(value: object) -> datetime:
    if not isinstance(value, str):
        raise InputError(f"'at' must be an ISO 8601 string, found {value!r}")
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(f"'at' is not an ISO 8601 time: {value!r}") from error


def _context(item: object) -> Context:
    if isinstance(item, str):
        item = {"text": item}  # as Ragas and others have it
    if not isinstance(item, dict):
        raise InputError(f"each context must be an object, found {item!r}")
    text = item.get("text")
    if text is not None and not isinstance(text, str):
        raise InputError(f"context 'text' must be a string, found {text!r}")
    score = item.get("score")
    return Context(
        id=str(item.get("id") or content_hash(text or "")),
        source=str(item.get("source") or ""),
        score=_finite(score, "context 'score'") if score is not None else None,
        text=text,
        text_hash=content_hash(text) if text is not None else "",
    )


def _score(interaction_id: str, item: object) -> Score:
    if not isinstance(item, dict) or not isinstance(item.get("metric"), str):
        raise InputError(f"each score must be an object with a metric, found {item!r}")
    value = item.get("value")
    return Score(
        interaction_id=interaction_id,
        metric=item["metric"],
        value=_finite(value, f"score {item['metric']!r}") if value is not None else None,
        source=_choice(item, "source", SCORE_SOURCES, "human"),
        reason=str(item.get("reason") or ""),
        scorer=str(item.get("scorer") or "imported"),
        scorer_version=str(item.get("scorer_version") or ""),
    )


def _fingerprint(row: dict[str, Any]) -> Fingerprint:
    known = {field.name for field in fields(Fingerprint)}
    parts = {
        key: str(value) for key, value in _mapping(row, "fingerprint").items() if key in known and value is not None
    }
    return Fingerprint(**{"chat_model": str(row.get("model") or ""), **parts})


def _latency(value: object) -> dict[str, float]:
    if value is None:
        return {}
    milliseconds = _finite(value, "'latency_ms'")
    if milliseconds < 0:
        raise InputError(f"'latency_ms' must not be negative, found {value!r}")
    return {"total": milliseconds}


def _finite(value: object, what: str) -> float:
    try:
        number = float("nan") if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{what} must be a finite number, found {_short(value)}")
    return number


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


def _string(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{key!r} must be a non-empty string, found {value!r}")
    return value


def _optional_string(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise InputError(f"{key!r} must be a string or null, found {value!r}")
    return value or None


def _choice(row: dict[str, Any], key: str, allowed: tuple[Any, ...], default: str) -> Any:
    value = row.get(key) or default
    if value not in allowed:
        raise InputError(f"{key!r} must be one of {', '.join(allowed)}, found {value!r}")
    return value


def _list(row: dict[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise InputError(f"{key!r} must be a list, found {value!r}")
    return value


def _mapping(row: dict[str, Any], key: str) -> dict[str, Any]:
    value = row.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError(f"{key!r} must be an object, found {value!r}")
    return value
