"""Interactions as rows of the log: plain columns for what is searched, JSON for the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from data.errors import InputError
from data.records import Citation, Context, Fingerprint, Interaction, Score
from data.text import whole_characters


def to_row(item: Interaction) -> dict[str, Any]:
    """Return the columns of an interaction."""
    body = {
        "contexts": [_pack_context(context) for context in item.contexts],
        "citations": [asdict(citation) for citation in item.citations],
        "latency_ms": item.latency_ms,
        "tokens": item.tokens,
        "fingerprint": asdict(item.fingerprint),
        "tags": item.tags,
        "flags": list(item.flags),
    }
    columns = ("id", "kind", "question", "answer", "outcome", "error", "question_vector", "answer_vector")
    row = {name: _storable(getattr(item, name)) for name in columns}
    return row | {"at": format_time(item.at), "body": _storable(json.dumps(body, ensure_ascii=False))}


def score_row(score: Score) -> dict[str, Any]:
    """Return the columns of a score."""
    return {name: _storable(value) for name, value in asdict(score).items()}


def _storable(value: Any) -> Any:
    return whole_characters(value) if isinstance(value, str) else value


def from_row(row: Mapping[Any, Any]) -> Interaction:
    """Return the interaction that `to_row` wrote."""
    body = json.loads(row["body"])
    columns = ("id", "kind", "question", "answer", "outcome", "error", "question_vector", "answer_vector")
    return Interaction(
        **{name: row[name] for name in columns},
        at=parse_time(row["at"]),
        contexts=tuple(_unpack_context(context) for context in body["contexts"]),
        citations=tuple(Citation(**citation) for citation in body["citations"]),
        latency_ms=body["latency_ms"],
        tokens=body["tokens"],
        fingerprint=Fingerprint(**body["fingerprint"]),
        tags=body["tags"],
        flags=tuple(body["flags"]),
    )


def _pack_context(context: Context) -> dict[str, Any]:
    packed = asdict(context)
    if not context.also_in:  # rows stay readable to versions that did not know it
        del packed["also_in"]
    return packed


def _unpack_context(packed: dict[str, Any]) -> Context:
    return Context(**packed | {"also_in": tuple(packed.get("also_in", ()))})


def format_time(at: datetime) -> str:
    """Write a time as fixed-width ISO 8601 in UTC, so that text order is time order.

    :raises InputError: `at` has no time zone.
    """
    if at.tzinfo is None:
        raise InputError(f"The time {at.isoformat()} has no time zone: write it as {at.isoformat()}+00:00 or with Z.")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def parse_time(text: str) -> datetime:
    """Read a time written by `format_time`."""
    return datetime.fromisoformat(text)
