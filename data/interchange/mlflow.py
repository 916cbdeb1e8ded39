"""Traces as MLflow exports them: ``{"info", "data": {"spans"}}`` of its API, or rows of its data frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.errors import InputError
from data.interchange.phoenix import flattened
from data.interchange.scores import scored
from data.interchange.times import time_of, time_or_none
from data.records import Score, ScoreSource
from data.scales import MetricSettings
from data.traces import ANSWER_KEYS, QUESTION_KEYS, SpanRecord, TraceFacts, Traces, output_of, parsed, parts_of, text_of

Row = Mapping[str, Any]
_SOURCES: dict[str, ScoreSource] = {"HUMAN": "human", "LLM_JUDGE": "judge", "CODE": "judge", "AI_JUDGE": "judge"}
_IDS = ("trace_id", "request_id", "client_request_id")


def looks_like(row: Any) -> bool:
    """Say whether a row is a trace, or a list of them."""
    if not isinstance(row, Mapping):
        return False
    if isinstance(row.get("traces"), list) and row["traces"]:
        return looks_like(row["traces"][0])
    if isinstance(row.get("info"), Mapping) and bool(row["info"].keys() & set(_IDS)):
        return True
    return "request" in row and "response" in row and bool(row.keys() & {"trace_id", "request_id"})


def gather(row: Any, traces: Traces, metrics: MetricSettings | None = None) -> None:
    """Put one trace, or a list of them, where it is gathered.

    :raises InputError: it is none; the message is the reason alone.
    """
    if isinstance(row, Mapping) and isinstance(row.get("traces"), list):
        for item in row["traces"]:
            gather(item, traces, metrics)
        return
    if not isinstance(row, Mapping):
        raise InputError(f"expected a trace, found {type(row).__name__}")
    info, data = (_mapping(row.get(key)) or row for key in ("info", "data"))
    name = next((str(info[key]) for key in _IDS if info.get(key)), "")
    if not name:
        raise InputError("expected a trace with trace_id or request_id")
    parts = parts_of(traces, name)
    parts.facts = _facts(name, info, data)
    parts.spans += [_span(name, span) for span in _mappings(data.get("spans"))]
    for item in _mappings(info.get("assessments") or row.get("assessments")):
        parts.scores += _scores(name, item, metrics)


def _facts(name: str, info: Row, data: Row) -> TraceFacts:
    told = {**_mapping(info.get("tags")), **_mapping(info.get("request_metadata"))}
    told |= _mapping(info.get("trace_metadata"))
    known = {label: told.get(f"mlflow.trace.{label}") for label in ("session", "user")}
    tags = {label: str(value) for label, value in known.items() if value}
    given = [info.get(key) for key in ("timestamp_ms", "request_time", "timestamp")]
    took = info.get("execution_time_ms", info.get("execution_duration_ms"))
    request = data.get("request") or info.get("request_preview") or told.get("mlflow.traceInputs")
    response = next((part[key] for part, key in ((data, "response"), (info, "response_preview")) if key in part), None)
    return TraceFacts(
        asked=text_of(_plain(request), QUESTION_KEYS, "user"),
        said=output_of(_plain(response), ANSWER_KEYS, "assistant"),
        at=time_or_none(next((value for value in given if value is not None), None)),
        total_ms=float(took) if isinstance(took, int | float) else None,
        tags=tags,
    )


def _span(trace: str, row: Row) -> SpanRecord:
    context = _mapping(row.get("context"))
    values = flattened({k: _plain(v) for k, v in _mapping(row.get("attributes")).items()})
    values |= {
        key: row[name]
        for key, name in (
            ("mlflow.spanInputs", "inputs"),
            ("mlflow.spanOutputs", "outputs"),
            ("mlflow.spanType", "span_type"),
        )
        if row.get(name) is not None
    }
    status = _mapping(row.get("status")) or {"code": row.get("status_code")}
    failed = "ERROR" in str(status.get("code") or status.get("status_code") or "")
    message = row.get("status_message") or status.get("message") or status.get("description") or ""
    return SpanRecord(
        trace=trace,
        id=str(context.get("span_id") or row.get("span_id") or row.get("name")),
        parent=str(row.get("parent_id") or row.get("parent_span_id") or ""),
        name=str(row.get("name") or ""),
        start=_nano(row, "start"),
        end=_nano(row, "end"),
        attributes=values,
        error=str(message) if failed else None,
    )


def _nano(row: Row, which: str) -> int:
    given = [row.get(key) for key in (f"{which}_time_ns", f"{which}_time_unix_nano", f"{which}_time")]
    value = next((item for item in given if item is not None), None)
    if value is None:
        return 0
    try:
        return int(time_of(int(value) if isinstance(value, str) and value.isdecimal() else value).timestamp() * 10**9)
    except InputError as error:
        raise InputError(f"the {which} of a span {error}") from error


def _plain(value: Any) -> Any:
    """Read an attribute, which MLflow writes as JSON: even a plain text stands in quotation marks."""
    if not isinstance(value, str):
        return value
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else parsed(value)


def _scores(name: str, item: Row, metrics: MetricSettings | None) -> list[Score]:
    feedback = _mapping(item.get("feedback"))
    if (not feedback and "expectation" in item) or not (item.get("name") or item.get("assessment_name")):
        return []
    source = _SOURCES.get(str(_mapping(item.get("source")).get("source_type") or "").upper(), "judge")
    metric = str(item.get("name") or item.get("assessment_name"))
    bare = Score(name, metric, None, source, str(item.get("rationale") or ""), "mlflow", "")
    return [scored(bare, feedback.get("value", item.get("value")), item, metrics)]


def _mappings(value: Any) -> list[Row]:
    found = parsed(value) if isinstance(value, str) else value
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def _mapping(value: Any) -> Row:
    found = parsed(value) if isinstance(value, str) else value
    return found if isinstance(found, Mapping) else {}
