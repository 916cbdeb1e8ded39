"""Why a chat request to the loopback server is not served."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.message import Message
from typing import Any

from pipelines.loopback import replies
from pipelines.loopback.behaviour import Behaviour

_LIMITS = ("max_tokens", "max_completion_tokens")


def refusal(
    headers: Message, body: Mapping[str, Any], behaviour: Behaviour, number: int, prompt_tokens: int
) -> tuple[int, dict[str, Any]] | None:
    """Return the error status and body this chat request meets; None when it is served.

    A key is wanted as bearer token or, as Azure wants it, in the header "api-key" without a token beside it.
    """
    bearer = str(headers.get("Authorization") or "").startswith("Bearer ")
    if bearer == bool(headers.get("api-key")) or behaviour.fault == "http_401":
        return 401, replies.error_body("Incorrect API key provided.", "invalid_request_error", "invalid_api_key")
    if number <= behaviour.http_429:
        return 429, replies.error_body("Rate limit reached.", "requests", "rate_limit_exceeded")
    if number <= behaviour.http_500:
        return 500, replies.error_body("The server had an error.", "server_error")
    if behaviour.context_tokens is not None and prompt_tokens > behaviour.context_tokens:
        message = (
            f"This model's maximum context length is {behaviour.context_tokens} tokens. However, your messages"
            f" resulted in {prompt_tokens} tokens."
        )
        return 400, replies.error_body(message, "invalid_request_error", "context_length_exceeded", "messages")
    if not body.get("messages"):
        return 400, replies.error_body("'messages' is empty.", "invalid_request_error", param="messages")
    return _rejection(body, behaviour.fault or "")


def _rejection(body: Mapping[str, Any], fault: str) -> tuple[int, dict[str, Any]] | None:
    """Return the refusal of a parameter, or of a role, that this server does not know."""
    if not fault.startswith("rejects_"):
        return None
    if fault == "rejects_system":
        roles = [message.get("role") for message in body["messages"]]
        told = replies.error_body("System role not supported", "BadRequestError") if "system" in roles else None
        return (400, told) if told else None
    named = _LIMITS if fault == "rejects_limits" else (fault.removeprefix("rejects_"),)
    refused = next((name for name in named if name in body), None)
    if refused is None:
        return None
    message = f"Unsupported parameter: '{refused}' is not supported with this model."
    return 400, replies.error_body(message, "invalid_request_error", "unsupported_parameter", refused)


def content_of(message: Mapping[str, Any]) -> str:
    """Return the text of a message; parts of other kinds as JSON."""
    content = message.get("content")
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
