"""Messages to and from a model where they stand in pieces: numbered attributes, events of a span, log records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data.traces.payload import parsed

_ROLES = ("system", "user", "assistant", "tool")
Event = tuple[str, Mapping[str, Any]]


def listed(values: Mapping[str, Any], prefix: str, inner: str) -> list[dict[str, Any]]:
    """Put flattened attributes like ``prefix.0.inner.key`` back together; a list under `prefix` is taken as it is."""
    whole = values.get(prefix)
    whole = parsed(whole) if isinstance(whole, str) else whole
    if isinstance(whole, list):
        rows = [parsed(row) if isinstance(row, str) else row for row in whole]
        return [_without(row, inner) for row in rows if isinstance(row, Mapping)]
    return _numbered(values, f"{prefix}.", f"{inner}.")


def flat_messages(values: Mapping[str, Any], prefix: str) -> list[dict[str, Any]]:
    """Put attributes like ``prefix.0.role`` and ``prefix.0.content`` back together."""
    return _numbered(values, f"{prefix}.", "")


def messages_of_events(events: Sequence[Event], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return as attributes what the events of a model call say: its messages, in the forms of all versions."""
    asked: list[Any] = []
    said: list[Any] = []
    found: dict[str, Any] = {}
    for name, values in events:
        role = name.removeprefix("gen_ai.").removesuffix(".message")
        if name == "gen_ai.choice":
            message = parsed(values["message"]) if isinstance(values.get("message"), str) else values.get("message")
            said.append({"role": "assistant", "content": _content(message if message is not None else values)})
            found.setdefault("gen_ai.response.finish_reasons", [values.get("finish_reason")])
        elif name.startswith("gen_ai.") and role in _ROLES:
            asked.append({"role": role, "content": _content(values)})
        elif name == "gen_ai.content.prompt":
            found.setdefault("gen_ai.prompt", values.get("gen_ai.prompt"))
        elif name == "gen_ai.content.completion":
            found.setdefault("gen_ai.completion", values.get("gen_ai.completion"))
        else:
            found |= {key: value for key, value in values.items() if key.startswith("gen_ai.") and key not in known}
    if asked and "gen_ai.input.messages" not in known:
        found["gen_ai.input.messages"] = asked
    if said and "gen_ai.output.messages" not in known:
        found["gen_ai.output.messages"] = said
    return found


def _content(message: Any) -> Any:
    if not isinstance(message, Mapping):
        return message
    return next((message[key] for key in ("content", "gen_ai.event.content", "parts", "text") if key in message), "")


def _without(row: Mapping[str, Any], inner: str) -> dict[str, Any]:
    inside = row.get(inner)
    if isinstance(inside, Mapping):
        return dict(inside)
    return {str(key).removeprefix(f"{inner}."): value for key, value in row.items()}


def _numbered(values: Mapping[str, Any], prefix: str, inner: str) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for key, value in values.items():
        if not key.startswith(prefix):
            continue
        number, _, rest = key.removeprefix(prefix).partition(".")
        if number.isdecimal() and len(number) < 7 and rest.startswith(inner):
            rows.setdefault(int(number), {})[rest.removeprefix(inner)] = value
    return [_whole(rows[number]) for number in sorted(rows)]


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    """Join a message whose content stands in numbered parts."""
    if "content" in row:
        return row
    parts = [
        row[key] for key in sorted(row) if key.startswith(("contents.", "parts.")) and key.endswith(("text", "content"))
    ]
    return row | {"content": "\n".join(str(part) for part in parts)} if parts else row
