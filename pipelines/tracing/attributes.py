"""An interaction as spans: names and attributes by the GenAI semantic conventions, and by OpenInference for Phoenix.

The conventions: https://opentelemetry.io/docs/specs/semconv/gen-ai/ (spans and `gen_ai.evaluation.result` events) and
https://github.com/Arize-ai/openinference (`openinference.span.kind`, `retrieval.documents`, `llm.*`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from data.records import Interaction, Score
from pipelines.tracing.content import Content

if TYPE_CHECKING:
    from opentelemetry.trace import SpanKind

    from rag.ingest import IngestReport

_Attributes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Something at a moment of a span."""

    name: str
    attributes: _Attributes


@dataclass(frozen=True, slots=True)
class Stage:
    """A span to be; `error` is empty when all went well. Stages follow each other without a gap."""

    name: str
    kind: SpanKind
    attributes: _Attributes
    milliseconds: float
    error: str = ""
    events: tuple[Event, ...] = field(default=())


def interaction_spans(item: Interaction, scores: Sequence[Score], content: Content) -> list[Stage]:
    """Return the span of a whole answer, then those of its stages in order."""
    from opentelemetry.trace import SpanKind

    stages = [_root(item, scores, content, SpanKind.INTERNAL)]
    makers = {"embed": _embed, "retrieve": _retrieve, "rerank": _rerank, "generate": _generate, "verify": _verify}
    for stage, milliseconds in item.latency_ms.items():
        if stage in makers:
            name, attributes = makers[stage](item, content)
            failed = item.error is not None and stage == _failing_stage(item)
            stages.append(
                Stage(
                    name,
                    SpanKind.CLIENT if stage == "generate" else SpanKind.INTERNAL,
                    attributes,
                    milliseconds,
                    _error(item, content) if failed else "",
                )
            )
    return stages


def ingest_attributes(report: IngestReport) -> _Attributes:
    """Return what an ingest did, in numbers."""
    counts = asdict(report)
    numbers = {name: counts[name] for name in ("added", "changed", "removed", "unchanged", "chunks")}
    return {
        "openinference.span.kind": "CHAIN",
        **{f"rag.ingest.{name}": value for name, value in numbers.items()},
        "rag.ingest.failed": len(report.failed),
    }


def _root(item: Interaction, scores: Sequence[Score], content: Content, kind: SpanKind) -> Stage:
    fingerprint = {f"rag.fingerprint.{name}": value for name, value in asdict(item.fingerprint).items() if value}
    attributes: _Attributes = {
        "openinference.span.kind": "CHAIN",
        "rag.interaction.id": item.id,
        "rag.interaction.kind": item.kind,
        "rag.outcome": item.outcome,
        "rag.flags": [flag.partition(":")[0] for flag in item.flags],
        **fingerprint,
    }
    if content is not None:
        attributes |= {"input.value": content(item.question), "output.value": content(item.answer or "")}
        attributes |= {f"rag.tag.{name}": content(value) for name, value in item.tags.items()}
    events = [Event("gen_ai.evaluation.result", _evaluation(score)) for score in scores if score.value is not None]
    total = item.latency_ms.get("total", 0.0)
    return Stage("rag.ask", kind, attributes, total, _error(item, content), tuple(events))


def _evaluation(score: Score) -> _Attributes:
    return {"gen_ai.evaluation.name": score.metric, "gen_ai.evaluation.score.value": score.value}


def _embed(item: Interaction, content: Content) -> tuple[str, _Attributes]:
    model = item.fingerprint.embedder
    return f"embeddings {model}", {
        "openinference.span.kind": "EMBEDDING",
        "gen_ai.operation.name": "embeddings",
        "gen_ai.request.model": model,
        "embedding.model_name": model,
    }


def _retrieve(item: Interaction, content: Content) -> tuple[str, _Attributes]:
    attributes: _Attributes = {
        "openinference.span.kind": "RETRIEVER",
        "gen_ai.operation.name": "retrieval",
        "gen_ai.data_source.id": item.fingerprint.index_generation,
        **_documents(item, "retrieval.documents", content),
    }
    if content is not None:
        attributes |= {"input.value": content(item.question), "gen_ai.retrieval.query.text": content(item.question)}
    return f"retrieval {item.fingerprint.index_generation}", attributes


def _rerank(item: Interaction, content: Content) -> tuple[str, _Attributes]:
    documents = _documents(item, "reranker.output_documents", content)
    return "rerank", {"openinference.span.kind": "RERANKER", "gen_ai.operation.name": "rerank", **documents}


def _generate(item: Interaction, content: Content) -> tuple[str, _Attributes]:
    model = item.fingerprint.chat_model
    attributes: _Attributes = {
        "openinference.span.kind": "LLM",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
        "gen_ai.response.model": model,
        "llm.model_name": model,
    }
    names = {"prompt": ("input", "prompt"), "completion": ("output", "completion")}
    for key, (convention, inference) in names.items():
        if key in item.tokens:
            attributes[f"gen_ai.usage.{convention}_tokens"] = item.tokens[key]
            attributes[f"llm.token_count.{inference}"] = item.tokens[key]
    if content is not None:
        question, answer = content(item.question), content(item.answer or "")
        attributes |= _messages("input", "user", question) | _messages("output", "assistant", answer)
    return f"chat {model}", attributes


def _messages(side: str, role: str, text: str) -> _Attributes:
    parts = [{"role": role, "parts": [{"type": "text", "content": text}]}]
    return {
        f"gen_ai.{side}.messages": json.dumps(parts, ensure_ascii=False),
        f"llm.{side}_messages.0.message.role": role,
        f"llm.{side}_messages.0.message.content": text,
        f"{side}.value": text,
    }


def _verify(item: Interaction, content: Content) -> tuple[str, _Attributes]:
    supported = sum(citation.supported for citation in item.citations)
    return "verify citations", {
        "openinference.span.kind": "GUARDRAIL",
        "rag.citations": len(item.citations),
        "rag.citations.supported": supported,
    }


def _documents(item: Interaction, prefix: str, content: Content) -> _Attributes:
    found: _Attributes = {}
    for place, context in enumerate(item.contexts):
        at = f"{prefix}.{place}.document"
        found[f"{at}.id"] = context.id
        if context.score is not None:
            found[f"{at}.score"] = context.score
        if content is not None:
            found[f"{at}.content"] = content(context.text or "")
            found[f"{at}.metadata"] = json.dumps({"source": content(context.source)}, ensure_ascii=False)
    return found


def _failing_stage(item: Interaction) -> str:
    """Return the stage in which a failed interaction failed: the last one that is told of."""
    return "generate" if "generate" in item.latency_ms else "retrieve"


def _error(item: Interaction, content: Content) -> str:
    if item.error is None:
        return ""
    return content(item.error) if content is not None else "failed"
