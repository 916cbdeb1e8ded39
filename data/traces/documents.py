"""Passages as the outputs of retrieval steps hold them, in the shapes of many stores and frameworks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.records import Context
from data.traces.messages import listed
from data.traces.payload import context, parsed, source_of

_TEXTS = (
    *("page_content", "pageContent", "content", "text", "document.content", "document", "node", "chunk", "chunk_text"),
    *("passage", "snippet", "body", "page", "value", "pageText", "excerpt"),
)
_INSIDE = ("document", "node", "payload", "_source", "metadata", "meta", "properties", "fields", "entity", "data")
_LISTS = (
    *("documents", "source_documents", "source_nodes", "nodes", "results", "matches", "hits", "points", "chunks"),
    *("passages", "contexts", "context", "retrieved_contexts", "retrieved_documents", "retrieval_context", "docs"),
    *("sources", "references", "citations", "search_results", "records", "items", "output", "outputs", "result"),
    "data",
)
_LOOSE = {"output", "outputs", "result", "data", "items", "value", "results", "citations", "references", "sources"}
_IDS = ("id", "id_", "_id", "node_id", "doc_id", "chunk_id", "document_id", "document.id", "uuid", "key")
_SCORES = ("score", "relevance_score", "similarity", "_score", "document.score", "relevance", "similarity_score")
_PLAIN = ("page_content", "pageContent", "metadata", "score", "document", "node", "source")
_DEEPEST = 6
_MOST = 1_000
_LEAST_TOOL = 20


def documents_of(value: Any, *, strings: bool = False, depth: int = 0) -> list[Context]:
    """Return the passages that an output holds; plain texts are some where `strings` allows it.

    What has a role is a message and no passage.
    """
    if depth > _DEEPEST:
        return []
    if isinstance(value, str):
        inner = parsed(value)
        return documents_of(inner, strings=strings, depth=depth + 1) if isinstance(inner, dict | list) else []
    if isinstance(value, Mapping):
        return _of_mapping(value, strings, depth)
    if not isinstance(value, list):
        return []
    if value and all(isinstance(item, list) for item in value):  # a list of results for each query
        return [found for item in value[:_MOST] for found in documents_of(item, strings=strings, depth=depth + 1)]
    found = (passage(item, strings=strings) for item in value[:_MOST])
    return [context for context in found if context is not None]


def tool_documents(value: Any) -> list[Context]:
    """Return what a tool gave as passages: its documents, or its text where that is some."""
    found = documents_of(value, strings=True)
    if found or not isinstance(value, str) or isinstance(parsed(value), dict | list):
        return found
    text = value.strip()
    return [context(text)] if len(text) >= _LEAST_TOOL else []


def chain_documents(value: Any, depth: int = 0) -> list[Context]:
    """Return the passages in the output of a step that is no retrieval: only what is plainly a document is one."""
    value = parsed(value) if isinstance(value, str) else value
    if isinstance(value, list):
        rows = [item for item in value[:_MOST] if isinstance(item, Mapping) and any(key in item for key in _PLAIN)]
        return documents_of(rows) if len(rows) == len(value[:_MOST]) else []
    if not isinstance(value, Mapping) or depth > 2:
        return []
    for key in _LISTS:
        inside = value.get(key)
        if key in _LOOSE:
            found = chain_documents(inside, depth + 1) if isinstance(inside, Mapping) else []
        else:
            found = documents_of(inside, strings=True) if isinstance(inside, list | dict) else []
        if found:
            return found
    return []


def listed_documents(values: Mapping[str, Any], prefix: str, inner: str) -> list[Context]:
    """Return passages that attributes hold flattened, ``prefix.0.inner.content``, or as a list."""
    rows = listed(values, prefix, inner)
    return [found for found in (passage(row) for row in rows) if found is not None]


def passage(item: Any, *, strings: bool = True) -> Context | None:
    """Return one retrieved document; None where there is neither text nor id, or it is a message."""
    item = parsed(item) if isinstance(item, str) and item.lstrip().startswith("{") else item
    if isinstance(item, str):
        return context(item) if strings and item.strip() else None
    if isinstance(item, list) and len(item) == 2 and isinstance(item[0], Mapping):  # a document and its score
        found = passage(item[0])
        return found and context(found.text, found.id if _named(item[0]) else "", found.source, item[1])
    if not isinstance(item, Mapping) or "role" in item or str(item.get("type")) in ("human", "ai", "system", "tool"):
        return None
    parts = [item, *(inner for key in _INSIDE if isinstance(inner := _mapping(item.get(key)), Mapping))]
    parts += [inner for part in parts[1:] for key in _INSIDE if isinstance(inner := part.get(key), Mapping)]
    text = next((part[key] for part in parts for key in _TEXTS if isinstance(part.get(key), str)), None)
    name = next((str(part[key]) for part in parts for key in _IDS if part.get(key) not in (None, "")), "")
    if text is None and not (name and any(key in item for key in (*_SCORES, *_INSIDE, "distance"))):
        return None
    score = next((part[key] for part in parts for key in _SCORES if part.get(key) is not None), None)
    return context(text, name, _source(parts), _number(score))


def _of_mapping(value: Mapping[str, Any], strings: bool, depth: int) -> list[Context]:
    if isinstance(value.get("ids"), list) and "documents" in value:
        return _of_columns(value)
    for key in _LISTS:
        inside = value.get(key)
        inside = parsed(inside) if isinstance(inside, str) else inside
        if isinstance(inside, list | dict) and inside:
            found = documents_of(inside, strings=strings or key not in _LOOSE, depth=depth + 1)
            if found:
                return found
    return []


def _of_columns(value: Mapping[str, Any]) -> list[Context]:
    """Read what Chroma returns: lists of ids, texts and metadata beside each other, a list for each query."""
    columns = {key: _flat(value.get(key)) for key in ("ids", "documents", "metadatas", "distances")}
    found = []
    for place, text in enumerate(columns["documents"][:_MOST]):
        name, data = (columns[key][place] if place < len(columns[key]) else None for key in ("ids", "metadatas"))
        if isinstance(text, str):
            found.append(context(text, str(name or ""), source_of(data)))
    return found


def _flat(value: Any) -> list[Any]:
    if not isinstance(value, list):
        return []
    return [inner for item in value for inner in (item if isinstance(item, list) else [item])]


def _mapping(value: Any) -> Any:
    return parsed(value) if isinstance(value, str) and value.lstrip().startswith("{") else value


def _named(item: Mapping[str, Any]) -> bool:
    return any(item.get(key) for key in _IDS)


def _number(value: Any) -> Any:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _source(parts: list[Any]) -> str:
    metadata = (_mapping(part.get(key)) for part in parts for key in ("metadata", "meta", "document.metadata"))
    return next((name for name in map(source_of, (*metadata, *parts)) if name), "")
