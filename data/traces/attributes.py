"""Spans as steps: what the attributes of OpenInference, OpenLLMetry, OTel GenAI, Vercel AI and others hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from data.errors import InputError
from data.records import Context
from data.traces.documents import chain_documents, documents_of, listed_documents, tool_documents
from data.traces.kinds import LOOKS_UP, kind_of
from data.traces.messages import flat_messages, listed, messages_of_events
from data.traces.outcomes import finish_flags
from data.traces.payload import ANSWER_KEYS, QUESTION_KEYS, first, output_of, parsed, text_of
from data.traces.spans import SpanRecord
from data.traces.steps import TraceStep

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INPUTS = (
    *(
        "input.value",
        "traceloop.entity.input",
        "langfuse.observation.input",
        "langfuse.trace.input",
        "mlflow.spanInputs",
    ),
    *("ai.prompt.messages", "ai.prompt", "gen_ai.task.input", "gen_ai.input.messages", "gen_ai.prompt", "input"),
    *("haystack.pipeline.input_data", "haystack.component.input", "gen_ai.tool.call.arguments", "ai.toolCall.args"),
    *("gen_ai.retrieval.query.text", "user_input", "question", "query", "prompt", "transcript", "db.query.text"),
)
_OUTPUTS = (
    *("output.value", "traceloop.entity.output", "langfuse.observation.output", "langfuse.trace.output"),
    *("mlflow.spanOutputs", "ai.response.text", "ai.response.object", "ai.result.text", "gen_ai.task.output"),
    *("gen_ai.output.messages", "gen_ai.completion", "final_result", "haystack.pipeline.output_data"),
    *("haystack.component.output", "output", "response", "answer", "completion"),
)
_TOOL_OUTPUTS = ("gen_ai.tool.call.result", "gen_ai.tool.result", "ai.toolCall.result", "tool_response", "tool.output")
_MODELS = (
    *("gen_ai.response.model", "ai.response.model", "llm.model_name", "gen_ai.request.model", "ai.model.id"),
    *("llm.response.model", "llm.request.model", "langfuse.observation.model.name", "model"),
)
_WRITTEN_AS_JSON = ("traceloop.", "mlflow.", "haystack.", "ai.", "langfuse.", "gen_ai.task.")
_PRINTS = ("gen_ai.openai.response.system_fingerprint", "openai.response.system_fingerprint", "llm.system_fingerprint")
_TAGS = {
    **dict.fromkeys(("session.id", "gen_ai.conversation.id", "langfuse.session.id", "mlflow.trace.session"), "session"),
    **dict.fromkeys(("thread_id", "thread.id", "langsmith.metadata.session_id", "conversation.id"), "session"),
    **dict.fromkeys(
        ("traceloop.association.properties.session_id", "traceloop.association.properties.chat_id"), "session"
    ),
    **dict.fromkeys(("ai.telemetry.metadata.sessionId", "ai.telemetry.metadata.session_id"), "session"),
    **dict.fromkeys(("user.id", "enduser.id", "langfuse.user.id", "mlflow.trace.user"), "user"),
    **dict.fromkeys(("traceloop.association.properties.user_id", "ai.telemetry.metadata.userId"), "user"),
    **dict.fromkeys(("deployment.environment.name", "deployment.environment"), "environment"),
    "service.name": "service",
}
_TOKENS = {
    "prompt": (
        *("llm.token_count.prompt", "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "ai.usage.promptTokens"),
        *("ai.usage.inputTokens", "llm.usage.prompt_tokens"),
    ),
    "completion": (
        *("llm.token_count.completion", "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
        *("ai.usage.completionTokens", "ai.usage.outputTokens", "llm.usage.completion_tokens"),
    ),
}
_REASONS = (
    "gen_ai.response.finish_reasons",
    "ai.response.finishReason",
    "llm.finish_reason",
    "llm.response.finish_reason",
)


def step_of(span: SpanRecord) -> TraceStep:
    """Return the step that a span tells of.

    :raises InputError: its start is no time; the message is the reason alone.
    """
    values = {key: _unquoted(key, value) for key, value in span.attributes.items()}
    values |= messages_of_events(span.events, span.attributes)
    kind = kind_of(values, span.name) or ("RETRIEVER" if _hits(span) else "")
    return TraceStep(
        id=span.id,
        parent=span.parent,
        name=span.name,
        kind=kind,
        start=_time(span.start),
        end=_time(span.end) if span.end >= span.start and span.end else None,
        asked=_asked(values, kind),
        said=_said(values, kind),
        documents=tuple(_documents(span, values, kind)),
        model=first(str(values.get(key) or "") for key in _MODELS),
        system_fingerprint=first(str(values.get(key) or "") for key in _PRINTS),
        prompt_version=_prompt(values),
        tokens=_tokens(values),
        flags=_flags(values),
        error=span.error,
        tags=_tags(values),
    )


def _unquoted(key: str, value: Any) -> Any:
    """Return a value without the quotation marks that tools put around a text which they write as JSON."""
    if not isinstance(value, str) or not key.startswith(_WRITTEN_AS_JSON) or not value.startswith('"'):
        return value
    try:
        found = json.loads(value)
    except ValueError:
        return value
    return found if isinstance(found, str) else value


def _time(nanoseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError as error:
        raise InputError(f"the start {nanoseconds} is no time in nanoseconds") from error


def _asked(values: Mapping[str, Any], kind: str) -> str:
    messages = (
        listed(values, "llm.input_messages", "message"),
        flat_messages(values, "gen_ai.prompt"),
        flat_messages(values, "llm.prompts"),
    )
    given = [*messages, values.get("gen_ai.input.messages")] if kind in ("LLM", "AGENT") else []
    given += [values.get(key) for key in _INPUTS] + [*messages, _part(values, "input.value.")]
    return first(text_of(value, QUESTION_KEYS, "user") for value in given)


def _said(values: Mapping[str, Any], kind: str) -> str | None:
    if kind in ("RETRIEVER", "RERANKER", "EMBEDDING"):
        return None
    messages = [
        found
        for found in (
            listed(values, "llm.output_messages", "message"),
            flat_messages(values, "gen_ai.completion"),
            flat_messages(values, "llm.completions"),
        )
        if found
    ]
    given = [*messages, *(values[key] for key in (*_OUTPUTS, *_TOOL_OUTPUTS) if key in values)]
    given = given if kind == "LLM" else [*given[len(messages) :], *messages]
    outputs = [output_of(value, ANSWER_KEYS, "assistant") for value in given]
    return next((text for text in outputs if text), None) or next((text for text in outputs if text is not None), None)


def _part(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}


def _documents(span: SpanRecord, values: Mapping[str, Any], kind: str) -> Iterable[Context]:
    if kind == "RERANKER":
        found = listed_documents(values, "reranker.output_documents", "document")
        return found or documents_of(first_given(values, _OUTPUTS), strings=True)
    found = listed_documents(values, "retrieval.documents", "document")
    found = found or documents_of(values.get("gen_ai.retrieval.documents"), strings=True) or _hits(span)
    if found:
        return found
    if kind == "TOOL":
        return tool_documents(first_given(values, (*_TOOL_OUTPUTS, *_OUTPUTS)))
    if kind == "RETRIEVER" or (kind != "LLM" and LOOKS_UP.search(span.name)):
        return documents_of(first_given(values, (*_OUTPUTS, *_TOOL_OUTPUTS)), strings=True)
    return chain_documents(first_given(values, _OUTPUTS)) if kind not in ("LLM", "EMBEDDING") else ()


def first_given(values: Mapping[str, Any], keys: Iterable[str]) -> Any:
    """Return the first value that is there."""
    return next((values[key] for key in keys if values.get(key) not in (None, "")), None)


def _hits(span: SpanRecord) -> list[Context]:
    """Return the passages that the events of a vector store's span hold, an event each."""
    rows = []
    for name, values in span.events:
        if ".result" in name or "document" in name or "retriev" in name:
            row = {key.rpartition(".")[2]: value for key, value in values.items()}
            row["metadata"] = parsed(row["metadata"]) if isinstance(row.get("metadata"), str) else row.get("metadata")
            rows.append(row)
    return [found for found in documents_of(rows) if found.text is not None]


def _tokens(values: Mapping[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, keys in _TOKENS.items():
        given = next((values[key] for key in keys if isinstance(values.get(key), int | float | str)), None)
        try:
            found |= {} if given is None else {name: int(float(given))}
        except (ValueError, OverflowError):
            continue
    return found


def _prompt(values: Mapping[str, Any]) -> str:
    named = values.get("langfuse.observation.prompt.name") or values.get("traceloop.prompt.key") or ""
    keys = ("llm.prompt_template.version", "langfuse.observation.prompt.version", "traceloop.prompt.version")
    version = first(str(values.get(key) or "") for key in keys)
    return "@".join(filter(None, (str(named), version)))


def _flags(values: Mapping[str, Any]) -> tuple[str, ...]:
    reasons = [parsed(given) if isinstance(given, str) else given for given in (values.get(key) for key in _REASONS)]
    messages = (*flat_messages(values, "gen_ai.completion"), *_rows(values.get("gen_ai.output.messages")))
    reasons += [message.get("finish_reason") for message in messages]
    return finish_flags([reason for reason in reasons if reason])


def _rows(value: Any) -> list[Mapping[str, Any]]:
    rows = parsed(value) if isinstance(value, str) else value
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _tags(values: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, name in _TAGS.items():
        if value := values.get(key):
            found.setdefault(name, str(value))
    return found
