"""OpenTelemetry spans as they are exported, in OTLP/JSON: attributes as plain values, ids in hexadecimal."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from data.errors import InputError

_ERROR = (2, "2", "STATUS_CODE_ERROR", "ERROR")


_KINDS = {"chat": "LLM", "text_completion": "LLM", "generate_content": "LLM", "retrieval": "RETRIEVER"}


@dataclass(frozen=True, slots=True)
class SpanRecord:
    """One span with its attributes as plain values; times in nanoseconds."""

    trace: str
    id: str
    parent: str
    name: str
    start: int
    end: int
    attributes: Mapping[str, Any]
    error: str | None

    @property
    def kind(self) -> str:
        """LLM, RETRIEVER, RERANKER, CHAIN … as OpenInference names them; empty for others."""
        named = self.attributes.get("openinference.span.kind")
        return str(named).upper() if named else _KINDS.get(str(self.attributes.get("gen_ai.operation.name")), "")

    @property
    def ms(self) -> float:
        """How long it took."""
        return max(0.0, (self.end - self.start) / 1e6)


def spans_of(row: Any) -> list[SpanRecord]:
    """Return the spans of one export request.

    :raises InputError: it is none, or one of its spans is malformed; the message is the reason alone.
    """
    if not isinstance(row, Mapping):
        raise InputError(f"expected an object with resourceSpans, found {type(row).__name__}")
    groups = row.get("resourceSpans", row.get("resource_spans"))
    if not isinstance(groups, list):
        raise InputError("expected an object with the list resourceSpans")
    try:
        return [_span(span, resource) for span, resource in _raw_spans(groups)]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InputError(f"a span is malformed ({type(error).__name__}: {error})") from error


def _raw_spans(groups: list[Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for group in groups:
        resource = _attributes((group.get("resource") or {}).get("attributes"))
        for scope in (
            group.get("scopeSpans") or group.get("scope_spans") or group.get("instrumentationLibrarySpans") or []
        ):
            for span in scope.get("spans") or []:
                yield span, resource


def _span(span: Mapping[str, Any], resource: Mapping[str, Any]) -> SpanRecord:
    status = span.get("status") or {}
    failed = status.get("code") in _ERROR
    attributes = {**resource, **_attributes(span.get("attributes"))}
    for event in span.get("events") or []:
        attributes |= _event(event)
    return SpanRecord(
        trace=_hex(span.get("traceId") or span["trace_id"]),
        id=_hex(span.get("spanId") or span["span_id"]),
        parent=_hex(span.get("parentSpanId") or span.get("parent_span_id") or ""),
        name=str(span.get("name") or ""),
        start=int(span.get("startTimeUnixNano") or span["start_time_unix_nano"]),
        end=int(span.get("endTimeUnixNano") or span.get("end_time_unix_nano") or 0),
        attributes=attributes,
        error=str(status.get("message") or attributes.get("exception.message") or "") if failed else None,
    )


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    # Earlier GenAI conventions put messages and errors into events.
    values = _attributes(event.get("attributes"))
    names = {"gen_ai.content.prompt": "gen_ai.prompt", "gen_ai.content.completion": "gen_ai.completion"}
    if event.get("name") == "gen_ai.user.message" and "content" in values:
        return {"gen_ai.prompt": values["content"]}
    if event.get("name") == "gen_ai.choice":
        return {"gen_ai.completion": values.get("message", values.get("content", ""))}
    return {key: value for key, value in values.items() if key in names.values() or key.startswith("exception.")}


def _attributes(raw: Any) -> dict[str, Any]:
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
