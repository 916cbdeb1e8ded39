"""Traces and spans as Opik exports them, with their feedback scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from data.errors import InputError
from data.interchange.scores import scored
from data.interchange.times import time_or_none
from data.records import Context, Score, ScoreSource
from data.scales import MetricSettings
from data.traces import (
    ANSWER_KEYS,
    LOOKS_UP,
    QUESTION_KEYS,
    TraceFacts,
    Traces,
    TraceStep,
    chain_documents,
    documents_of,
    named_kind,
    output_of,
    parts_of,
    text_of,
    tokens_of,
    tool_documents,
)

Row = Mapping[str, Any]
_SOURCES: dict[str, ScoreSource] = {"ui": "human"}
_LISTS = ("content", "traces", "spans", "data")


def looks_like(row: Any) -> bool:
    """Say whether a row is a trace or span of Opik, or a page of them."""
    if not isinstance(row, Mapping):
        return False
    if isinstance(row.get("trace"), Mapping) and isinstance(row.get("spans"), list):
        return True
    for key in _LISTS:
        if isinstance(row.get(key), list) and row[key] and "id" not in row:
            return looks_like(row[key][0])
    dated = "start_time" in row and bool(row.keys() & {"input", "output"})
    return dated and bool(row.keys() & {"feedback_scores", "thread_id", "project_id", "project_name", "parent_span_id"})


def gather(row: Any, traces: Traces, metrics: MetricSettings | None = None) -> None:
    """Put one trace or span, or a page of them, where its trace is gathered.

    :raises InputError: it is none; the message is the reason alone.
    """
    if not isinstance(row, Mapping):
        raise InputError(f"expected a trace or a span, found {type(row).__name__}")
    if isinstance(row.get("trace"), Mapping):
        gather(row["trace"], traces, metrics)
    lists = [row[key] for key in _LISTS if isinstance(row.get(key), list)]
    if "id" not in row and lists:
        for item in [item for items in lists for item in items]:
            gather(item, traces, metrics)
        return
    name = row.get("id")
    if not isinstance(name, str) or not name:
        raise InputError("expected a trace or a span with id")
    if row.get("trace_id"):
        parts_of(traces, str(row["trace_id"])).steps.append(_step(row))
        return
    _add_trace(name, row, traces, metrics)


def _add_trace(name: str, row: Row, traces: Traces, metrics: MetricSettings | None) -> None:
    parts = parts_of(traces, name)
    error = row["error_info"] if isinstance(row.get("error_info"), Mapping) else {}
    start, end = time_or_none(row.get("start_time")), time_or_none(row.get("end_time"))
    parts.facts = TraceFacts(
        asked=text_of(row.get("input"), QUESTION_KEYS, "user"),
        said=output_of(row.get("output"), ANSWER_KEYS, "assistant"),
        at=start,
        timestamp=row.get("start_time"),
        total_ms=round((end - start).total_seconds() * 1000, 3) if start and end else None,
        error=str(error.get("message") or error.get("exception_type")) if error else None,
        tags={"session": str(row["thread_id"])} if row.get("thread_id") else {},
    )
    for item in row.get("spans") or []:
        if isinstance(item, Mapping):
            parts.steps.append(_step(item))
    whole = chain_documents(row.get("output"))
    if whole:
        parts.steps.append(TraceStep(name, "", str(row.get("name") or ""), "", start, end, documents=tuple(whole)))
    for item in row.get("feedback_scores") or []:
        if isinstance(item, Mapping) and item.get("name"):
            source = _SOURCES.get(str(item.get("source") or "").casefold(), "judge")
            bare = Score(name, str(item["name"]), None, source, str(item.get("reason") or ""), "opik", "")
            value = item.get("value") if item.get("value") is not None else item.get("category_name")
            parts.scores.append(scored(bare, value, item, metrics))


def _step(row: Row) -> TraceStep:
    kind, name = named_kind(row.get("type")), str(row.get("name") or "")
    documents = tuple(_documents(row, kind, name))
    kind = "RETRIEVER" if documents and LOOKS_UP.search(name) else kind
    error = row["error_info"] if isinstance(row.get("error_info"), Mapping) else {}
    return TraceStep(
        id=str(row.get("id") or f"{row.get('trace_id')}#{name}"),
        parent=str(row.get("parent_span_id") or ""),
        name=name,
        kind=kind,
        start=time_or_none(row.get("start_time")),
        end=time_or_none(row.get("end_time")),
        asked=text_of(row.get("input"), QUESTION_KEYS, "user"),
        said=None if kind == "RETRIEVER" else output_of(row.get("output"), ANSWER_KEYS, "assistant"),
        documents=documents,
        model=str(row.get("model") or ""),
        tokens=tokens_of(row.get("usage")),
        error=str(error.get("message") or error.get("exception_type")) if error else None,
    )


def _documents(row: Row, kind: str, name: str) -> Iterable[Context]:
    if LOOKS_UP.search(name):
        return documents_of(row.get("output"), strings=True)
    return tool_documents(row.get("output")) if kind == "TOOL" else chain_documents(row.get("output"))
