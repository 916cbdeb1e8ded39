"""What kind of step a span is, by the conventions of the tools that write spans."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NAMED = {
    **dict.fromkeys(("LLM", "CHAT_MODEL", "CHATMODEL", "GENERATION", "CHAT", "COMPLETION", "MODEL"), "LLM"),
    **dict.fromkeys(("TEXT_COMPLETION", "GENERATE_CONTENT", "RESPONSE", "INFERENCE"), "LLM"),
    **dict.fromkeys(("RETRIEVER", "RETRIEVAL", "VECTOR_DB_RETRIEVE", "RETRIEVE", "QUERY", "SEARCH"), "RETRIEVER"),
    **dict.fromkeys(("RERANKER", "RERANK"), "RERANKER"),
    **dict.fromkeys(("TOOL", "EXECUTE_TOOL", "FUNCTION", "TOOL_CALL"), "TOOL"),
    **dict.fromkeys(("EMBEDDING", "EMBEDDINGS", "EMBED"), "EMBEDDING"),
    **dict.fromkeys(
        ("CHAIN", "WORKFLOW", "TASK", "INVOKE_WORKFLOW", "PIPELINE", "GENERAL", "PARSER", "PROMPT"), "CHAIN"
    ),
    **dict.fromkeys(("AGENT", "INVOKE_AGENT", "CREATE_AGENT"), "AGENT"),
    **dict.fromkeys(("GUARDRAIL", "GUARDRAILS", "GUARD"), "GUARDRAIL"),
    **dict.fromkeys(("EVALUATOR", "EVALUATION", "SCORER", "JUDGE"), "EVALUATOR"),
}
_KEYS = (
    "openinference.span.kind",
    "gen_ai.operation.name",
    "llm.request.type",
    "traceloop.span.kind",
    "mlflow.spanType",
    "langfuse.observation.type",
    "langsmith.span.kind",
    "span_kind",
)
_STORES = re.compile(
    r"chroma|pinecone|qdrant|weaviate|milvus|pgvector|elastic|opensearch|redis|lancedb|marqo|vespa|faiss|azure.?search"
    r"|vector|mongodb|typesense|solr"
)
_LOOKUP = re.compile(r"query|search|retriev|knn|similar|get|find|select", re.IGNORECASE)
LOOKS_UP = re.compile(
    r"retriev|search|vector|lookup|look_up|knowledge|\bkb\b|kb_|fetch_doc|similarity|rag_tool", re.IGNORECASE
)


def named_kind(name: Any) -> str:
    """Return the kind that a tool calls by this name; empty where it is none."""
    text = str(name or "").strip().strip('"').upper().replace(" ", "_").replace("-", "_")
    return _NAMED.get(text, "")


def kind_of(values: Mapping[str, Any], name: str) -> str:
    """Return the kind of a span by its attributes; empty where nothing tells."""
    for key in _KEYS:
        if kind := named_kind(values.get(key)):
            lookup = kind == "CHAIN" and values.get("traceloop.span.kind") == "task"
            return "RETRIEVER" if lookup and re.search(r"retriever|retrieve\b", name, re.IGNORECASE) else kind
    return _vercel(values) or _haystack(values) or _store(values, name) or _flat(values)


def _vercel(values: Mapping[str, Any]) -> str:
    operation = str(values.get("ai.operationId") or values.get("operation.name") or "").split(" ")[0]
    if not operation.startswith("ai."):
        return ""
    if re.search(r"\.do(Generate|Stream)$", operation):
        return "LLM"
    if operation.startswith("ai.toolCall"):
        return "TOOL"
    return "EMBEDDING" if operation.startswith("ai.embed") else "CHAIN"


def _haystack(values: Mapping[str, Any]) -> str:
    component = str(values.get("haystack.component.type") or "")
    ends = {
        "Generator": "LLM",
        "Retriever": "RETRIEVER",
        "Ranker": "RERANKER",
        "Embedder": "EMBEDDING",
        "Agent": "AGENT",
        "Evaluator": "EVALUATOR",
        "Builder": "PROMPT",
        "Joiner": "PROMPT",
    }
    found = next((kind for end, kind in ends.items() if component.endswith(end)), "")
    return found or ("PROMPT" if component else "CHAIN" if "haystack.pipeline.input_data" in values else "")


def _store(values: Mapping[str, Any], name: str) -> str:
    system = str(values.get("db.system") or values.get("db.system.name") or "").casefold()
    operation = str(values.get("db.operation") or values.get("db.operation.name") or name)
    hits = any(key.startswith(("db.query.result", "db.search.result")) for key in values)
    return "RETRIEVER" if hits or (_STORES.search(system) and _LOOKUP.search(operation)) else ""


def _flat(values: Mapping[str, Any]) -> str:
    starts = ("gen_ai.prompt.", "gen_ai.completion.", "llm.prompts.", "llm.completions.", "llm.input_messages.")
    if any(key.startswith(starts) for key in values) or "gen_ai.output.messages" in values:
        return "LLM"
    if "gen_ai.request.model" in values and any(key.startswith("gen_ai.usage.") for key in values):
        return "LLM"
    return "RETRIEVER" if any(key.startswith("retrieval.documents") for key in values) else ""
