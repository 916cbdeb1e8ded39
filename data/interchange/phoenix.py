"""Spans as Phoenix exports them: from its REST API, its page, and its data frames; with their annotations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.errors import InputError
from data.interchange.scores import scored
from data.interchange.times import time_of, time_or_none
from data.records import Score, ScoreSource
from data.scales import MetricSettings
from data.traces import SpanRecord, Traces, parsed, parts_of, span_of

_BILLION = 10**9
_DEEPEST = 12
_RATERS: dict[str, ScoreSource] = {"HUMAN": "human", "LLM": "judge", "CODE": "judge"}


def looks_like(row: Any) -> bool:
    """Say whether a row is a span of Phoenix, or a page of them."""
    if isinstance(row, Mapping) and isinstance(row.get("data"), list) and row["data"]:
        return looks_like(row["data"][0])
    if not isinstance(row, Mapping):
        return False
    if isinstance(row.get("context"), Mapping) and "span_id" in row["context"]:
        return "attributes" in row or "span_kind" in row
    return "context.span_id" in row or ("attributes" in row and "span_id" in row and "trace_id" in row)


def gather(row: Any, traces: Traces, metrics: MetricSettings | None = None) -> None:
    """Put one span, or a page of them, where its trace is gathered.

    :raises InputError: it is no span; the message is the reason alone.
    """
    if isinstance(row, Mapping) and isinstance(row.get("data"), list):
        for item in row["data"]:
            gather(item, traces, metrics)
        return
    if not isinstance(row, Mapping):
        raise InputError(f"expected a span, found {type(row).__name__}")
    if "start_time_unix_nano" in row or "startTimeUnixNano" in row:
        try:
            span = span_of(row, {})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"a span is malformed ({type(error).__name__}: {error})") from error
    else:
        span = _span(row)
    parts = parts_of(traces, span.trace)
    parts.spans.append(span)
    parts.scores += _scores(span.trace, row, metrics)


def _span(row: Mapping[str, Any]) -> SpanRecord:
    known = _mapping(row.get("context"))
    trace, name = (known.get(key) or row.get(f"context.{key}") or row.get(key) for key in ("trace_id", "span_id"))
    if not trace or not name:
        raise InputError("expected a span with trace_id and span_id")
    values = flattened(_mapping(row.get("attributes")))
    values |= {key.removeprefix("attributes."): value for key, value in row.items() if key.startswith("attributes.")}
    kind = row.get("span_kind")
    if kind and kind != "UNKNOWN":
        values.setdefault("openinference.span.kind", kind)
    start, end = nanoseconds(row.get("start_time")), time_or_none(row.get("end_time"))
    failed = str(row.get("status_code") or "").upper() == "ERROR"
    given = row.get("events")
    events = given if isinstance(given, list) else []
    return SpanRecord(
        trace=str(trace),
        id=str(name),
        parent=str(row.get("parent_id") or row.get("parentId") or ""),
        name=str(row.get("name") or ""),
        start=start,
        end=nanoseconds(end) if end else 0,
        attributes=values,
        error=str(row.get("status_message") or "") if failed else None,
        events=tuple(
            (str(event.get("name") or ""), flattened(event.get("attributes") or {}))
            for event in events
            if isinstance(event, Mapping)
        ),
    )


def nanoseconds(value: Any) -> int:
    """Return a time as nanoseconds since 1970.

    :raises InputError: it is none; the message is the reason alone.
    """
    try:
        at = time_of(value)
    except InputError as error:
        raise InputError(f"the start of a span {error}") from error
    return int(at.timestamp()) * _BILLION + at.microsecond * 1000


def flattened(values: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Return nested attributes under dotted names, as spans have them; lists of objects are numbered."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        found[name] = value
        if depth < _DEEPEST and isinstance(value, Mapping):
            found |= flattened(value, f"{name}.", depth + 1)
        elif depth < _DEEPEST and isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value):
            for number, item in enumerate(value):
                found |= flattened(item, f"{name}.{number}.", depth + 1)
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    found = parsed(value) if isinstance(value, str) else value
    return found if isinstance(found, Mapping) else {}


def _scores(trace: str, row: Mapping[str, Any], metrics: MetricSettings | None) -> list[Score]:
    given = parsed(row["annotations"]) if isinstance(row.get("annotations"), str) else row.get("annotations")
    rows = given if isinstance(given, list) else row.get("span_annotations") or []
    found = []
    for item in rows if isinstance(rows, list) else []:
        if not isinstance(item, Mapping) or not item.get("name"):
            continue
        result = item["result"] if isinstance(item.get("result"), Mapping) else item
        source = _RATERS.get(str(item.get("annotator_kind") or item.get("annotatorKind") or "LLM").upper(), "judge")
        value = result.get("score") if result.get("score") is not None else result.get("label")
        bare = Score(trace, str(item["name"]), None, source, str(result.get("explanation") or ""), "phoenix", "")
        found.append(scored(bare, value, item, metrics))
    return found
