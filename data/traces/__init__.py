"""Traces of any tool as steps, and the questions, answers and passages that they tell of."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from data.traces.documents import chain_documents, documents_of, tool_documents
    from data.traces.kinds import LOOKS_UP, named_kind
    from data.traces.outcomes import finish_flags, outcome_of
    from data.traces.payload import ANSWER_KEYS, QUESTION_KEYS, context, output_of, parsed, source_of, text_of
    from data.traces.spans import SpanRecord, logs_of, span_of, spans_of
    from data.traces.steps import TraceStep
    from data.traces.trace_parts import TraceParts, Traces, parts_of
    from data.traces.traced import NoInteractionError, TraceFacts
    from data.traces.usage import tokens_of

__all__ = [
    "ANSWER_KEYS",
    "LOOKS_UP",
    "NoInteractionError",
    "QUESTION_KEYS",
    "SpanRecord",
    "TraceFacts",
    "TraceParts",
    "TraceStep",
    "Traces",
    "chain_documents",
    "context",
    "documents_of",
    "finish_flags",
    "logs_of",
    "named_kind",
    "outcome_of",
    "output_of",
    "parsed",
    "parts_of",
    "source_of",
    "span_of",
    "spans_of",
    "text_of",
    "tokens_of",
    "tool_documents",
]

__getattr__ = face(
    __name__,
    {
        "documents": ["chain_documents", "documents_of", "tool_documents"],
        "kinds": ["LOOKS_UP", "named_kind"],
        "outcomes": ["finish_flags", "outcome_of"],
        "payload": ["ANSWER_KEYS", "QUESTION_KEYS", "context", "output_of", "parsed", "source_of", "text_of"],
        "spans": ["SpanRecord", "logs_of", "span_of", "spans_of"],
        "steps": ["TraceStep"],
        "trace_parts": ["TraceParts", "Traces", "parts_of"],
        "traced": ["NoInteractionError", "TraceFacts"],
        "usage": ["tokens_of"],
    },
)
