"""OpenTelemetry spans and log records as they are exported, in OTLP/JSON: attributes as plain values, ids in hex."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from data.errors import InputError
from data.traces.messages import Event
from data.traces.payload import parsed

_ERROR = (2, "2", "STATUS_CODE_ERROR", "ERROR")


@dataclass(frozen=True, slots=True)
class SpanRecord:
    """One span with its attributes as plain values; times in nanoseconds, events by name."""

    trace: str
    id: str
    parent: str
    name: str
    start: int
    end: int
    attributes: Mapping[str, Any]
    error: str | None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class LogRecord:
    """An event that was exported as a log record, beside its span."""

    trace: str
    span: str
    at: int
    event: Event


def spans_of(row: Any) -> list[SpanRecord]:
    """Return the spans of one export request.

    :raises InputError: it is none, or one of its spans is malformed; the message is the reason alone.
    """
    if not isinstance(row, Mapping):
        raise InputError(f"expected an object with resourceSpans, found {type(row).__name__}")
    groups = row.get("resourceSpans", row.get("resource_spans"))
    if not isinstance(groups, list):
        raise InputError("expected an object with the list resourceSpans")
    return _all(span_of(span, resource) for span, resource in _raw(groups, "Spans"))


def logs_of(row: Mapping[str, Any]) -> list[LogRecord]:
    """Return the log records of one export request that tell of a model call.

    :raises InputError: one of them is malformed; the message is the reason alone.
    """
    groups = row.get("resourceLogs", row.get("resource_logs"))
    if not isinstance(groups, list):
        raise InputError("expected an object with the list resourceLogs")
    found = _all(_log(record) for record, _ in _raw(groups, "Logs"))
    return [record for record in found if record.event[0].startswith("gen_ai.")]


def with_logs(spans: Sequence[SpanRecord], logs: Sequence[LogRecord]) -> list[SpanRecord]:
    """Return the spans of a trace with the log records that belong to them; records without a span become one."""
    by_span: dict[str, list[LogRecord]] = {}
    for record in sorted(logs, key=lambda record: record.at):
        by_span.setdefault(record.span, []).append(record)
    known = {span.id for span in spans}
    found = [replace(span, events=(*span.events, *_events(by_span.get(span.id, ())))) for span in spans]
    for name, records in by_span.items():
        if name not in known:
            values = {"gen_ai.operation.name": "chat"}
            bare = SpanRecord(records[0].trace, name or "log", "", "log", records[0].at, 0, values, None)
            found.append(replace(bare, events=_events(records)))
    return found


def span_of(span: Mapping[str, Any], resource: Mapping[str, Any]) -> SpanRecord:
    """Return one span of the JSON encoding."""
    status = span.get("status") or {}
    failed = status.get("code") in _ERROR
    given = span.get("events") or []
    events = tuple((str(event.get("name") or ""), _plain(event.get("attributes"))) for event in given)
    attributes = {**resource, **_plain(span.get("attributes"))}
    told = next((values["exception.message"] for _, values in events if values.get("exception.message")), "")
    return SpanRecord(
        trace=_hex(span.get("traceId") or span["trace_id"]),
        id=_hex(span.get("spanId") or span["span_id"]),
        parent=_hex(span.get("parentSpanId") or span.get("parent_span_id") or ""),
        name=str(span.get("name") or ""),
        start=int(span.get("startTimeUnixNano") or span["start_time_unix_nano"]),
        end=int(span.get("endTimeUnixNano") or span.get("end_time_unix_nano") or 0),
        attributes=attributes,
        error=str(status.get("message") or attributes.get("exception.message") or told) if failed else None,
        events=events,
    )


def _all(found: Iterator[Any]) -> list[Any]:
    try:
        return list(found)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise InputError(f"a span is malformed ({type(error).__name__}: {error})") from error


def _raw(groups: list[Any], what: str) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    inner = ("spans",) if what == "Spans" else ("logRecords", "log_records")
    scopes = (f"scope{what}", f"scope_{what.lower()}", f"instrumentationLibrary{what}")
    for group in groups:
        resource = _plain((group.get("resource") or {}).get("attributes"))
        for scope in next((group[key] for key in scopes if group.get(key)), []):
            for item in next((scope[key] for key in inner if scope.get(key)), []):
                yield item, resource


def _log(record: Mapping[str, Any]) -> LogRecord:
    values = _plain(record.get("attributes"))
    body = _value(record.get("body"))
    body = parsed(body) if isinstance(body, str) else body
    name = record.get("eventName") or record.get("event_name") or values.get("event.name") or ""
    inside = {str(key): value for key, value in body.items()} if isinstance(body, Mapping) else {"content": body}
    at = record.get("timeUnixNano") or record.get("observedTimeUnixNano") or record.get("time_unix_nano") or 0
    trace, span = (record.get(camel) or record.get(snake) or "" for camel, snake in _LOG_IDS)
    return LogRecord(_hex(trace), _hex(span), int(at), (str(name), {**values, **inside}))


_LOG_IDS = (("traceId", "trace_id"), ("spanId", "span_id"))


def _events(records: Sequence[LogRecord]) -> tuple[Event, ...]:
    return tuple(record.event for record in records)


def _plain(raw: Any) -> dict[str, Any]:
    if isinstance(raw, Mapping):
        return dict(raw)
    return {str(item["key"]): _value(item.get("value")) for item in raw or []}


def _value(value: Any) -> Any:
    if not isinstance(value, Mapping) or len(value) != 1:
        return value
    [(kind, inner)] = value.items()
    if kind in ("intValue", "int_value"):
        return int(inner)
    if kind in ("arrayValue", "array_value"):
        return [_value(item) for item in inner.get("values") or []]
    if kind in ("kvlistValue", "kvlist_value"):
        return {item["key"]: _value(item.get("value")) for item in inner.get("values") or []}
    return inner


def _hex(name: str) -> str:
    # The JSON encoding asks for hexadecimal; some writers follow plain protobuf and use base64.
    text = str(name)
    if len(text) in (0, 16, 32):
        return text.lower()
    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return text
