"""Inputs and outputs as tracing tools record them: strings, JSON in strings, mappings, lists of messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from data.records import Context, content_hash

QUESTION_KEYS = (
    "question",
    "query",
    "query_str",
    "user_input",
    "input",
    "prompt",
    "text",
    "content",
    "messages",
    "kwargs",
    "args",
)
ANSWER_KEYS = (
    "answer",
    "output",
    "response",
    "result",
    "output_text",
    "text",
    "content",
    "message",
    "messages",
    "generations",
)
_TEXT_KEYS = ("page_content", "pageContent", "content", "text", "document", "node")
_DEEPEST = 6


def text_of(value: Any, keys: tuple[str, ...], role: str, depth: int = 0) -> str:
    """Return the text that `value` holds: of a mapping the first known key, of messages the last one of `role`."""
    if depth > _DEEPEST or value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        inner = parsed(value)
        return text_of(inner, keys, role, depth + 1) if isinstance(inner, dict | list) else value.strip()
    if isinstance(value, Mapping):
        found = (text_of(value[key], keys, role, depth + 1) for key in (*keys, "parts", "value") if key in value)
        return next((text for text in found if text), "")
    if isinstance(value, list):
        return _of_list(value, keys, role, depth)
    return str(value)


def parsed(text: str) -> Any:
    """Return the JSON value of a string that holds an object or a list, else the string."""
    stripped = text.strip()
    if not stripped.startswith(("{", "[")):
        return text
    try:
        return json.loads(stripped)
    except (ValueError, RecursionError):
        return text


def documents_of(value: Any, depth: int = 0) -> list[Context]:
    """Return the passages that the output of a retrieval step holds."""
    if isinstance(value, str):
        inner = parsed(value)
        return documents_of(inner, depth + 1) if isinstance(inner, dict | list) and depth < _DEEPEST else []
    if isinstance(value, Mapping):
        inside = next((value[key] for key in ("documents", "source_nodes", "results", "output") if key in value), None)
        return documents_of(inside, depth + 1) if inside is not None and depth < _DEEPEST else []
    if not isinstance(value, list):
        return []
    found = (passage(item) for item in value)
    return [context for context in found if context is not None]


def passage(item: Any) -> Context | None:
    """Return one retrieved document; None where there is neither text nor id."""
    if isinstance(item, str):
        return context(item)
    if not isinstance(item, Mapping):
        return None
    body = item.get("document") if isinstance(item.get("document"), Mapping) else item.get("node")
    body = body if isinstance(body, Mapping) else item
    text = next((body[key] for key in _TEXT_KEYS if isinstance(body.get(key), str)), None)
    name = body.get("id") or body.get("id_") or body.get("node_id") or item.get("id")
    score = next((part.get("score") for part in (item, body) if part.get("score") is not None), None)
    if text is None and not name:
        return None
    return context(text, str(name or ""), source_of(body.get("metadata")), score)


def context(text: str | None, name: str = "", source: str = "", score: Any = None) -> Context:
    """Return a context; without an id it is named by its text."""
    usable = isinstance(score, int | float) and not isinstance(score, bool) and abs(score) < float("inf")
    hashed = content_hash(text) if text is not None else ""
    return Context(name or content_hash(text or ""), source, float(score) if usable else None, text, hashed)


def source_of(metadata: Any) -> str:
    """Return where a document comes from, as its metadata calls it."""
    value = parsed(metadata) if isinstance(metadata, str) else metadata
    if not isinstance(value, Mapping):
        return ""
    keys = ("source", "file_path", "file_name", "url", "title")
    return next((str(value[key]) for key in keys if value.get(key)), "")


def _of_list(value: list[Any], keys: tuple[str, ...], role: str, depth: int) -> str:
    messages = [item for item in value if isinstance(item, Mapping) and _role(item)]
    if messages:
        mine = [item for item in messages if _role(item) == role]
        return _message_text(mine[-1], keys, role, depth) if mine else ""
    texts = (text_of(item, keys, role, depth + 1) for item in value)
    return "\n".join(text for text in texts if text) if depth else next((text for text in texts if text), "")


def _message_text(message: Mapping[str, Any], keys: tuple[str, ...], role: str, depth: int) -> str:
    body = message.get("data") if isinstance(message.get("data"), Mapping) else message
    content = next((body[key] for key in ("content", "parts", "text") if body.get(key)), None) if body else None
    if isinstance(content, list):
        return "\n".join(filter(None, (text_of(part, ("text", "content"), role, depth + 1) for part in content)))
    return content.strip() if isinstance(content, str) else text_of(content, keys, role, depth + 1)


def _role(message: Mapping[str, Any]) -> str:
    named = str(message.get("role") or message.get("type") or "").casefold()
    return {
        "human": "user",
        "ai": "assistant",
        "user": "user",
        "assistant": "assistant",
        "system": "system",
        "tool": "tool",
    }.get(named, "")


def first(values: Iterable[str]) -> str:
    """Return the first text that is not empty."""
    return next((value for value in values if value), "")
