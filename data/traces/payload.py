"""Inputs and outputs as tracing tools record them: strings, JSON in strings, mappings, lists of messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from data.records import Context, content_hash

QUESTION_KEYS = (
    *("question", "user_question", "query", "q", "user_query", "query_str", "user_input", "user_message", "chat_input"),
    *("input", "inputs", "input_text", "input_value", "prompt", "message", "text", "content", "messages", "request"),
    *("data", "body", "kwargs", "args"),
)
ANSWER_KEYS = (
    *("answer", "final_answer", "final_output", "output", "outputs", "response", "result", "output_text", "text"),
    *("content", "message", "reply", "replies", "completion", "messages", "choices", "generations", "generation"),
    *("candidates", "llm", "data", "body"),
)
_ASIDE = {"metadata", "meta", "usage", "extra", "config", "headers", "tags", "params", "parameters", "settings", "user"}
_DEEPEST = 8


def text_of(value: Any, keys: tuple[str, ...], role: str, depth: int = 0) -> str:
    """Return the text that `value` holds: of a mapping the first known key, of messages the last one of `role`."""
    if depth > _DEEPEST or value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        inner = parsed(value)
        return text_of(inner, keys, role, depth + 1) if isinstance(inner, dict | list) else value.strip()
    if isinstance(value, Mapping):
        found = (text_of(value[key], keys, role, depth + 1) for key in (*keys, "parts", "value") if key in value)
        text = next((text for text in found if text), "")
        return text or _of_components(value, keys, role, depth)
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


def output_of(value: Any, keys: tuple[str, ...], role: str) -> str | None:
    """Return the text of an output; "" where one was recorded and is empty, None where none was."""
    text = text_of(value, keys, role)
    if text or _is_empty_output(value, keys, role):
        return text
    return value.strip() if isinstance(value, str) and not _is_json(value) else None


def _is_json(text: str) -> bool:
    return isinstance(parsed(text), dict | list)


def _is_empty_output(value: Any, keys: tuple[str, ...], role: str) -> bool:
    """Tell whether an output is there and holds nothing: "", an answer of "", an assistant's message without words."""
    if isinstance(value, str):
        inner = parsed(value)
        return _is_empty_output(inner, keys, role) if isinstance(inner, dict | list) else not value.strip()
    if isinstance(value, Mapping):
        if _role(value) == role:
            return True
        return any(key in value and _is_empty_output(value[key], keys, role) for key in keys)
    if isinstance(value, list):
        return any(isinstance(item, Mapping) and _role(item) == role for item in value)
    return False


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


def _of_components(value: Mapping[str, Any], keys: tuple[str, ...], role: str, depth: int) -> str:
    """Return the text that stands below the name of a part of the application, as pipelines record it."""
    known = {*keys, *_ASIDE, "parts", "value"}
    inside = (part for key, part in value.items() if isinstance(part, Mapping) and str(key) not in known)
    return next((text for text in (text_of(part, keys, role, depth + 1) for part in inside) if text), "")


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
