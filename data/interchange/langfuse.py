"""A Langfuse export: traces with their observations and scores, as API, download, table and files hold them.

Rows may be nested (``{"id", "input", "output", "observations": [...], "scores": [...]}``), wrapped as the download of
the page does (``{"trace": {...}, "observations": [...]}``), or come as separate rows that name their trace; keys in
camel or snake case. A score of type TEXT or CORRECTION is no number, whatever stands in its value, and the number of a
CATEGORICAL one is the place of a word in a list: the word is read instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from data.errors import InputError
from data.interchange.scores import scored
from data.interchange.times import time_or_none
from data.records import THUMBS, Context, Score, ScoreSource
from data.scales import MetricSettings
from data.traces import (
    ANSWER_KEYS,
    LOOKS_UP,
    QUESTION_KEYS,
    TraceFacts,
    TraceParts,
    Traces,
    TraceStep,
    chain_documents,
    documents_of,
    finish_flags,
    named_kind,
    output_of,
    parsed,
    parts_of,
    text_of,
    tokens_of,
    tool_documents,
)

Row = Mapping[str, Any]
_SOURCES: dict[str, ScoreSource] = {"ANNOTATION": "human", "EVAL": "judge"}
_PEOPLE = ("feedback", "thumb", "user", "human", "rating")
_TAGS = {"sessionId": "session", "userId": "user", "environment": "environment", "version": "version"}
_WORDLESS = ("TEXT", "CORRECTION")
_PARTS = ("data", "traces", "observations", "scores")


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


def gather(row: Any, traces: Traces, metrics: MetricSettings | None = None) -> None:
    """Put one row, or a file that holds many, where its trace is gathered.

    :raises InputError: it is neither a trace nor part of one; the message is the reason alone.
    """
    if not isinstance(row, Mapping):
        raise InputError(f"expected a trace, an observation or a score, found {type(row).__name__}")
    whole = row.get("trace")
    if isinstance(whole, Mapping):
        beside = [part for key in ("observations", "scores") for part in _list(row.get(key))]
        gather(whole, traces, metrics)
        for part in beside:
            gather(part, traces, metrics)
        return
    parts = [row[key] for key in _PARTS if isinstance(row.get(key), list)]
    if parts and "id" not in row:
        for part in [item for rows in parts for item in rows]:
            gather(part, traces, metrics)
        return
    known = {_camel(str(key)): value for key, value in row.items()}
    name = known.get("traceId")
    if isinstance(name, str) and name:
        _add_part(parts_of(traces, name), name, known, metrics)
        return
    _add_trace(known, traces, metrics)


def _add_trace(known: dict[str, Any], traces: Traces, metrics: MetricSettings | None) -> None:
    name = known.get("id")
    if not isinstance(name, str) or not name or not ({"timestamp", "input", "observations"} & known.keys()):
        raise InputError("expected a trace with id and timestamp, or a row with traceId")
    parts = parts_of(traces, name)
    for item in (*_list(known.get("observations")), *_list(known.get("scores"))):
        if isinstance(item, Mapping):
            _add_part(parts, name, {_camel(str(key)): value for key, value in item.items()}, metrics)
    seconds = known.get("latency")
    total = tokens_of({"total": seconds}, {"total": ("total",)}, float)
    parts.facts = TraceFacts(
        asked=text_of(known.get("input"), QUESTION_KEYS, "user"),
        said=output_of(known.get("output"), ANSWER_KEYS, "assistant"),
        at=time_or_none(known.get("timestamp")),
        timestamp=known.get("timestamp"),
        total_ms=round(1000 * total["total"], 3) if total else None,
        prompt_version=str(known.get("release") or ""),
        tags={label: str(known[key]) for key, label in _TAGS.items() if known.get(key)},
    )


def _add_part(parts: TraceParts, name: str, row: Row, metrics: MetricSettings | None) -> None:
    if _is_observation(row):
        parts.steps.append(_step(row, name, len(parts.steps)))
    elif row.get("name"):
        parts.scores.append(_score(name, row, metrics))


def _is_observation(row: Row) -> bool:
    return "startTime" in row or bool(named_kind(row.get("type"))) or row.get("type") in ("SPAN", "EVENT")


def _camel(key: str) -> str:
    head, *rest = key.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _list(value: Any) -> list[Any]:
    value = parsed(value) if isinstance(value, str) else value
    return value if isinstance(value, list) else []


def _step(row: Row, trace: str, number: int) -> TraceStep:
    named, name = row.get("type"), str(row.get("name") or "")
    kind = "" if named in ("SPAN", "EVENT") else named_kind(named)
    documents = tuple(_documents(row, kind, name))
    kind = kind or ("RETRIEVER" if documents and LOOKS_UP.search(name) else "")
    failed = row.get("level") == "ERROR"
    said = None if kind in ("RETRIEVER", "EMBEDDING") else output_of(row.get("output"), ANSWER_KEYS, "assistant")
    prompt = "@".join(str(row[key]) for key in ("promptName", "promptVersion") if row.get(key))
    return TraceStep(
        id=str(row.get("id") or f"{trace}#{number}"),
        parent=str(row.get("parentObservationId") or ""),
        name=name,
        kind=kind,
        start=time_or_none(row.get("startTime")),
        end=time_or_none(row.get("endTime")),
        asked=text_of(row.get("input"), QUESTION_KEYS, "user"),
        said=said,
        documents=documents,
        model=str(row.get("model") or row.get("providedModelName") or row.get("internalModelId") or ""),
        prompt_version=prompt,
        tokens=tokens_of(row.get("usageDetails") or row.get("usage") or {}, beside=row),
        flags=finish_flags(_reason(row)),
        error=str(row.get("statusMessage") or "error") if failed else None,
    )


def _documents(row: Row, kind: str, name: str) -> Iterable[Context]:
    if kind == "TOOL":
        return tool_documents(row.get("output"))
    if kind == "RETRIEVER" or (kind in ("", "CHAIN") and LOOKS_UP.search(name)):
        return documents_of(row.get("output"), strings=True)
    return chain_documents(row.get("output")) if kind in ("", "CHAIN", "AGENT") else ()


def _reason(row: Row) -> Any:
    output = parsed(row["output"]) if isinstance(row.get("output"), str) else row.get("output")
    inside = output if isinstance(output, Mapping) else {}
    return inside.get("finish_reason") or inside.get("stop_reason")


def _score(name: str, row: Row, metrics: MetricSettings | None) -> Score:
    metric, source, kind = str(row["name"])[:64], str(row.get("source") or ""), str(row.get("dataType") or "").upper()
    people = any(word in metric.casefold() for word in _PEOPLE)
    origin = _SOURCES.get(source, "human" if people else "judge")
    bare = Score(name, metric, None, origin, str(row.get("comment") or ""), "langfuse", "")
    if people and source != "ANNOTATION":
        # Users who chose to rate: kept under the metric that explains a report but never decides it.
        bare = Score(name, THUMBS, None, "human", bare.reason, f"langfuse {metric}"[:64], "")
    text, value = row.get("stringValue"), row.get("value")
    if kind in _WORDLESS or (not kind and value in (None, 0) and isinstance(text, str) and len(text.split()) > _WORDS):
        told = f"a score of type {kind or 'TEXT'} is no number: {text if text is not None else value!r}"
        return Score(name, bare.metric, None, bare.source, told[:240], bare.scorer, "")
    if kind == "CATEGORICAL" or (not kind and isinstance(text, str) and text):
        made = scored(bare, text if text else None, row, metrics)
        told = f"a category, {text!r}, which metrics.categories gives no place"
        return made if made.value is not None else Score(name, made.metric, None, made.source, told[:240], made.scorer)
    if kind == "BOOLEAN" and value in (0, 1):
        value = bool(value)
    return scored(bare, text if value is None else value, row, metrics)


_WORDS = 4
