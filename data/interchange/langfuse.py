"""A Langfuse export: traces with their observations and scores, as the API returns them or as its files hold them.

One trace, one interaction. Rows may be nested (``{"id", "input", "output", "observations": [...], "scores": [...]}``)
or come as separate rows that name their trace; keys in camel or snake case.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from data.errors import InputError
from data.interchange.payload import ANSWER_KEYS, QUESTION_KEYS, documents_of, first, text_of
from data.records import ABSTENTION, THUMBS, Context, Fingerprint, Interaction, Outcome, Score, ScoreSource

Row = Mapping[str, Any]
_SOURCES: dict[str, ScoreSource] = {"ANNOTATION": "human", "EVAL": "judge"}
_PEOPLE = ("feedback", "thumb", "user", "human", "rating")


@dataclass(slots=True)
class TraceRows:
    """The rows of one trace, gathered from wherever they stood."""

    trace: dict[str, Any] = field(default_factory=dict)
    observations: list[Row] = field(default_factory=list)
    scores: list[Row] = field(default_factory=list)


def gather(row: Any, traces: dict[str, TraceRows]) -> None:
    """Put one row, or a file that holds many, where its trace is gathered.

    :raises InputError: it is neither a trace nor part of one; the message is the reason alone.
    """
    if not isinstance(row, Mapping):
        raise InputError(f"expected a trace, an observation or a score, found {type(row).__name__}")
    parts = [row[key] for key in ("data", "traces", "observations", "scores") if isinstance(row.get(key), list)]
    if parts and "id" not in row:
        for part in [item for rows in parts for item in rows]:
            gather(part, traces)
        return
    known = {_camel(key): value for key, value in row.items()}
    name = known.get("traceId")
    if isinstance(name, str) and name:
        rows = traces.setdefault(name, TraceRows())
        (rows.observations if _is_observation(known) else rows.scores).append(known)
        return
    _gather_trace(known, traces)


def interaction_of(name: str, rows: TraceRows) -> tuple[Interaction, list[Score]]:
    """Return the interaction of a trace and its scores.

    :raises InputError: there is no question, no answer or no time; the message is the reason alone.
    """
    observations = sorted(rows.observations, key=lambda row: str(row.get("startTime") or ""))
    generations = [row for row in observations if row.get("type") == "GENERATION"]
    question = first(
        text_of(row.get("input"), QUESTION_KEYS, "user") for row in (rows.trace, *observations[:1], *generations)
    )
    if not question:
        raise InputError(f"trace {name!r} holds no question: its input is empty")
    answer = first(text_of(row.get("output"), ANSWER_KEYS, "assistant") for row in (rows.trace, *reversed(generations)))
    errors = [str(row.get("statusMessage") or "error") for row in observations if row.get("level") == "ERROR"]
    if not answer and not errors:
        raise InputError(f"trace {name!r} holds neither an answer nor an error")
    interaction = Interaction(
        id=name,
        at=_time(rows.trace.get("timestamp") or (observations[0].get("startTime") if observations else None), name),
        question=question,
        answer=answer or None,
        outcome=_outcome(answer),
        contexts=tuple(_contexts(observations)),
        latency_ms=_latency(rows.trace, observations, generations),
        tokens=_tokens(generations),
        error=errors[0] if errors and not answer else None,
        fingerprint=_fingerprint(rows.trace, generations),
        tags=_tags(rows.trace),
    )
    return interaction, [_score(name, row) for row in rows.scores if row.get("name")]


def looks_like(row: Any) -> bool:
    """Say whether a row comes from a Langfuse export."""
    if not isinstance(row, Mapping):
        return False
    keys = {_camel(str(key)) for key in row}
    if any(isinstance(row.get(key), list) and "at" not in keys for key in ("traces", "observations")):
        return True
    if isinstance(row.get("data"), list) and "meta" in keys:
        return True
    return "traceId" in keys or ("timestamp" in keys and bool(keys & {"input", "output"}) and "at" not in keys)


def _gather_trace(known: dict[str, Any], traces: dict[str, TraceRows]) -> None:
    name = known.get("id")
    if not isinstance(name, str) or not name or not ({"timestamp", "input", "observations"} & known.keys()):
        raise InputError("expected a trace with id and timestamp, or a row with traceId")
    rows = traces.setdefault(name, TraceRows())
    for key, into in (("observations", rows.observations), ("scores", rows.scores)):
        inside = known.pop(key, None) or []
        into += [{_camel(k): v for k, v in item.items()} for item in inside if isinstance(item, Mapping)]
    rows.trace |= known


def _camel(key: str) -> str:
    head, *rest = key.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _is_observation(row: Row) -> bool:
    return "startTime" in row or row.get("type") in ("SPAN", "GENERATION", "EVENT", "RETRIEVER")


def _time(value: Any, name: str) -> datetime:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(f"trace {name!r} has no usable timestamp, found {value!r}") from error


def _contexts(observations: Iterable[Row]) -> list[Context]:
    found: dict[str, Context] = {}
    for row in observations:
        if row.get("type") == "RETRIEVER" or any(
            word in str(row.get("name")).casefold() for word in ("retriev", "search")
        ):
            found |= {context.id: context for context in documents_of(row.get("output"))}
    return list(found.values())


def _latency(trace: Row, observations: list[Row], generations: list[Row]) -> dict[str, float]:
    found = {"generate": sum(_ms(row) for row in generations)} if generations else {}
    total = trace.get("latency")
    if isinstance(total, int | float) and math.isfinite(total):  # in seconds
        return {**found, "total": round(1000 * float(total), 3)}
    spans = [_ms(row) for row in observations if not row.get("parentObservationId")]
    return {**found, "total": max(spans)} if spans else found


def _ms(row: Row) -> float:
    try:
        start, end = (datetime.fromisoformat(str(row.get(key))) for key in ("startTime", "endTime"))
        return round(max(0.0, (end - start).total_seconds() * 1000), 3)
    except (ValueError, TypeError):
        return 0.0


def _tokens(generations: list[Row]) -> dict[str, int]:
    names = {
        "prompt": ("input", "promptTokens", "inputTokens"),
        "completion": ("output", "completionTokens", "outputTokens"),
    }
    counts: dict[str, int] = {}
    for row in generations:
        usage = row.get("usageDetails") or row.get("usage") or {}
        for name, keys in names.items():
            given = next(
                (source.get(key) for source in (usage, row) for key in keys if _is_count(source.get(key))), None
            )
            if given is not None:
                counts[name] = counts.get(name, 0) + int(given)
    return counts


def _is_count(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _fingerprint(trace: Row, generations: list[Row]) -> Fingerprint:
    last = generations[-1] if generations else {}
    prompt = "@".join(str(last[key]) for key in ("promptName", "promptVersion") if last.get(key))
    model = last.get("model") or last.get("providedModelName") or last.get("internalModelId") or ""
    return Fingerprint(chat_model=str(model), prompt_version=prompt or str(trace.get("release") or ""))


def _tags(trace: Row) -> dict[str, str]:
    names = {"sessionId": "session", "userId": "user", "environment": "environment", "version": "version"}
    return {name: str(trace[key]) for key, name in names.items() if trace.get(key)}


def _score(name: str, row: Row) -> Score:
    value = row.get("value")
    metric, source = str(row["name"])[:64], str(row.get("source") or "")
    people = any(word in metric.casefold() for word in _PEOPLE)
    kind = _SOURCES.get(source, "human" if people else "judge")
    scorer = "langfuse"
    if people and source != "ANNOTATION":
        # Users who chose to rate: kept under the metric that explains a report but never decides it.
        metric, kind, scorer = THUMBS, "human", f"langfuse {metric}"
    if not isinstance(value, int | float) or not math.isfinite(value):
        text = row.get("stringValue") or value
        return Score(name, metric, None, kind, f"not a number: {text!r}"[:240], scorer, "")
    return Score(name, metric, float(value), kind, str(row.get("comment") or ""), scorer, "")


def _outcome(answer: str) -> Outcome:
    if not answer:
        return "failed"
    return "abstained" if ABSTENTION.casefold() in answer.casefold() else "answered"
