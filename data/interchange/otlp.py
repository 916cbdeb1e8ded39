"""Spans of any traced application (OTLP as JSON): one trace, one interaction.

Reads what the OpenTelemetry Collector's file exporter writes (an object with ``resourceSpans`` per line) and single
JSON files. Knows the OpenInference conventions (Phoenix, Arize) and the GenAI conventions of OpenTelemetry in their
present and earlier forms. The passages come from the last reranker, or the retrievers, the answer from the root span,
or the last model call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from data.errors import InputError
from data.interchange.payload import (
    ANSWER_KEYS,
    QUESTION_KEYS,
    context,
    documents_of,
    first,
    parsed,
    source_of,
    text_of,
)
from data.interchange.spans import SpanRecord
from data.records import ABSTENTION, Context, Fingerprint, Interaction, Outcome

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAGS = {"session.id": "session", "gen_ai.conversation.id": "session", "user.id": "user", "service.name": "service"}


def interaction_of(spans: Iterable[SpanRecord]) -> Interaction:
    """Return the interaction that the spans of one trace tell of.

    :raises InputError: they hold no question, or no model call; the message is the reason alone.
    """
    ordered = sorted(spans, key=lambda span: (span.start, span.id))
    known = {span.id for span in ordered}
    root = next((span for span in ordered if span.parent not in known), ordered[0])
    models = [span for span in ordered if span.kind == "LLM"]
    retrievers = [span for span in ordered if span.kind == "RETRIEVER"]
    question = first(
        [_input(root) if root.kind != "LLM" else "", *(_query(s) for s in retrievers), *(_asked(s) for s in models)]
    )
    if not question:
        raise InputError("the trace holds no question: content may not be captured, or it is no question at all")
    answer = first([_output(root), *(_said(span) for span in reversed(models))])
    errors = [span.error for span in (root, *models, *retrievers) if span.error is not None]
    if not answer and not errors:
        raise InputError("the trace holds neither an answer nor an error")
    return Interaction(
        id=root.trace,
        at=_time(root.start),
        question=question,
        answer=answer or None,
        outcome=_outcome(answer),
        contexts=tuple(_contexts(ordered, retrievers)),
        latency_ms=_latency(root, retrievers, models),
        tokens=_tokens(models),
        error=(errors[0] or "the span ended with an error") if errors and not answer else None,
        fingerprint=_fingerprint(models),
        tags=_tags(ordered),
        flags=("length",) if any(_cut_off(span) for span in models) else (),
    )


def _time(nanoseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError as error:
        raise InputError(f"the start {nanoseconds} is no time in nanoseconds") from error


def _input(span: SpanRecord) -> str:
    return text_of(span.attributes.get("input.value"), QUESTION_KEYS, "user") or (_asked(span) if not span.kind else "")


def _output(span: SpanRecord) -> str:
    value = span.attributes.get("output.value")
    return text_of(value, ANSWER_KEYS, "assistant") if span.kind not in ("RETRIEVER", "RERANKER") else ""


def _query(span: SpanRecord) -> str:
    return _input(span) or text_of(span.attributes.get("gen_ai.retrieval.query.text"), QUESTION_KEYS, "user")


def _asked(span: SpanRecord) -> str:
    values = span.attributes
    messages = _listed(values, "llm.input_messages", "message") or _flat_messages(values, "gen_ai.prompt")
    candidates = (messages, values.get("gen_ai.input.messages"), values.get("gen_ai.prompt"), values.get("input.value"))
    return first(text_of(value, QUESTION_KEYS, "user") for value in candidates)


def _said(span: SpanRecord) -> str:
    values = span.attributes
    messages = _listed(values, "llm.output_messages", "message") or _flat_messages(values, "gen_ai.completion")
    candidates = (
        messages,
        values.get("gen_ai.output.messages"),
        values.get("gen_ai.completion"),
        values.get("output.value"),
    )
    return first(text_of(value, ANSWER_KEYS, "assistant") for value in candidates)


def _contexts(spans: list[SpanRecord], retrievers: list[SpanRecord]) -> list[Context]:
    rerankers = [span for span in spans if span.kind == "RERANKER"]
    for span in reversed(rerankers):
        if found := [_document(row) for row in _listed(span.attributes, "reranker.output_documents", "document")]:
            return found
    contexts: dict[str, Context] = {}
    for span in retrievers:
        rows = [_document(row) for row in _listed(span.attributes, "retrieval.documents", "document")]
        rows = rows or documents_of(span.attributes.get("gen_ai.retrieval.documents"))
        contexts |= {row.id: row for row in rows or documents_of(span.attributes.get("output.value"))}
    return list(contexts.values())


def _document(row: Mapping[str, Any]) -> Context:
    text = row.get("content")
    return context(
        None if text is None else str(text), str(row.get("id") or ""), source_of(row.get("metadata")), row.get("score")
    )


def _listed(values: Mapping[str, Any], prefix: str, inner: str) -> list[dict[str, Any]]:
    """Put flattened attributes like ``prefix.0.inner.key`` back together; a list under `prefix` is taken as it is."""
    if isinstance(values.get(prefix), list | str):
        whole = parsed(values[prefix]) if isinstance(values[prefix], str) else values[prefix]
        return [row.get(inner, row) for row in whole if isinstance(row, Mapping)] if isinstance(whole, list) else []
    return _numbered(values, f"{prefix}.", f"{inner}.")


def _flat_messages(values: Mapping[str, Any], prefix: str) -> list[dict[str, Any]]:
    return _numbered(values, f"{prefix}.", "")


def _numbered(values: Mapping[str, Any], prefix: str, inner: str) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for key, value in values.items():
        number, _, rest = key.removeprefix(prefix).partition(".")
        if key.startswith(prefix) and number.isdecimal() and rest.startswith(inner):
            rows.setdefault(int(number), {})[rest.removeprefix(inner)] = value
    return [rows[number] for number in sorted(rows)]


def _latency(root: SpanRecord, retrievers: list[SpanRecord], models: list[SpanRecord]) -> dict[str, float]:
    stages = {"retrieve": retrievers, "generate": models}
    found = {name: round(sum(span.ms for span in spans), 3) for name, spans in stages.items() if spans}
    return {**found, "total": round(root.ms, 3)} if root.end else found


def _tokens(models: list[SpanRecord]) -> dict[str, int]:
    names = {
        "prompt": ("llm.token_count.prompt", "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
        "completion": ("llm.token_count.completion", "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
    }
    counts = {}
    for name, keys in names.items():
        given = [next((span.attributes[key] for key in keys if key in span.attributes), None) for span in models]
        if any(value is not None for value in given):
            counts[name] = sum(int(value) for value in given if value is not None)
    return counts


def _fingerprint(models: list[SpanRecord]) -> Fingerprint:
    values = models[-1].attributes if models else {}
    names = ("gen_ai.response.model", "llm.model_name", "gen_ai.request.model")
    prints = ("gen_ai.openai.response.system_fingerprint", "openai.response.system_fingerprint")
    return Fingerprint(
        chat_model=first(str(values.get(name) or "") for name in names),
        system_fingerprint=first(str(values.get(name) or "") for name in prints),
        prompt_version=str(values.get("llm.prompt_template.version") or ""),
    )


def _tags(spans: list[SpanRecord]) -> dict[str, str]:
    found: dict[str, str] = {}
    for span in spans:
        for key, name in _TAGS.items():
            if value := span.attributes.get(key):
                found.setdefault(name, str(value))
    return found


def _cut_off(span: SpanRecord) -> bool:
    reasons = span.attributes.get("gen_ai.response.finish_reasons")
    return "length" in (parsed(reasons) if isinstance(reasons, str) else reasons or ())


def _outcome(answer: str) -> Outcome:
    if not answer:
        return "failed"
    return "abstained" if ABSTENTION.casefold() in answer.casefold() else "answered"
