"""Runs as LangSmith exports them: a row a run, with its inputs and outputs, or nested in ``child_runs``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from data.errors import InputError
from data.interchange.scores import scored
from data.interchange.times import time_or_none
from data.records import Context, Score
from data.scales import MetricSettings
from data.traces import (
    ANSWER_KEYS,
    LOOKS_UP,
    QUESTION_KEYS,
    Traces,
    TraceStep,
    chain_documents,
    documents_of,
    finish_flags,
    named_kind,
    output_of,
    parts_of,
    text_of,
    tokens_of,
    tool_documents,
)

Row = Mapping[str, Any]
_SESSIONS = ("session_id", "thread_id", "conversation_id")


def looks_like(row: Any) -> bool:
    """Say whether a row is a run."""
    return isinstance(row, Mapping) and "run_type" in row and bool(row.keys() & {"inputs", "outputs", "error"})


def gather(row: Any, traces: Traces, metrics: MetricSettings | None = None) -> None:
    """Put one run, with those below it, where its trace is gathered.

    :raises InputError: it is no run; the message is the reason alone.
    """
    if not isinstance(row, Mapping) or not row.get("id") or "run_type" not in row:
        raise InputError("expected a run with id and run_type")
    trace = str(row.get("trace_id") or row["id"])
    parts = parts_of(traces, trace)
    parts.steps.append(_step(row))
    parts.scores += _scores(trace, row, metrics)
    for child in row.get("child_runs") or []:
        if isinstance(child, Mapping):
            gather({"trace_id": trace, "parent_run_id": row["id"], **child}, traces, metrics)


def _step(row: Row) -> TraceStep:
    kind, name = named_kind(row.get("run_type")), str(row.get("name") or "")
    outputs = row.get("outputs")
    extra = _mapping(row.get("extra"))
    metadata, invocation = _mapping(extra.get("metadata")), _mapping(extra.get("invocation_params"))
    model = metadata.get("ls_model_name") or invocation.get("model") or invocation.get("model_name") or ""
    session = next((metadata[key] for key in _SESSIONS if metadata.get(key)), "")
    user = metadata.get("user_id") or ""
    return TraceStep(
        id=str(row["id"]),
        parent=str(row.get("parent_run_id") or ""),
        name=name,
        kind="CHAIN" if named_kind(row.get("run_type")) == "" else kind,
        start=time_or_none(row.get("start_time")),
        end=time_or_none(row.get("end_time")),
        asked=text_of(row.get("inputs"), QUESTION_KEYS, "user"),
        said=None if kind in ("RETRIEVER", "EMBEDDING") else output_of(outputs, ANSWER_KEYS, "assistant"),
        documents=tuple(_documents(outputs, kind, name)),
        model=str(model) if kind == "LLM" else "",
        tokens=tokens_of(row, {"prompt": ("prompt_tokens",), "completion": ("completion_tokens",)}),
        flags=finish_flags(_finish(outputs)),
        error=str(row["error"]) if row.get("error") else None,
        tags={key: str(value) for key, value in (("session", session), ("user", user)) if value},
    )


def _documents(outputs: Any, kind: str, name: str) -> Iterable[Context]:
    if kind == "RETRIEVER" or (kind != "LLM" and LOOKS_UP.search(name)):
        return documents_of(outputs, strings=True)
    if kind == "TOOL":
        inside = outputs.get("output") if isinstance(outputs, Mapping) else outputs
        return tool_documents(inside) or documents_of(outputs)
    return chain_documents(outputs) if kind not in ("LLM", "EMBEDDING") else ()


def _finish(outputs: Any) -> Any:
    found = outputs
    for key in ("generations", "generation_info", "finish_reason"):
        while isinstance(found, list) and found:
            found = found[0]
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _scores(trace: str, row: Row, metrics: MetricSettings | None) -> list[Score]:
    found = []
    for name, stats in _mapping(row.get("feedback_stats")).items():
        if isinstance(stats, Mapping) and "avg" in stats:
            people = any(word in str(name).casefold() for word in ("user", "thumb", "human"))
            bare = Score(trace, str(name), None, "human" if people else "judge", "", "langsmith", "")
            found.append(scored(bare, stats["avg"], {}, metrics))
    for item in row.get("feedback") or []:
        if isinstance(item, Mapping) and item.get("key"):
            bare = Score(trace, str(item["key"]), None, "judge", str(item.get("comment") or ""), "langsmith", "")
            value = item.get("score") if item.get("score") is not None else item.get("value")
            found.append(scored(bare, value, item, metrics))
    return found


def _mapping(value: Any) -> Row:
    return value if isinstance(value, Mapping) else {}
