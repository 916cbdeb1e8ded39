"""The embeddings side of the loopback server: what it refuses, and how its replies can be wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from data.text import terms
from pipelines.loopback import replies
from pipelines.loopback.behaviour import Behaviour


def refusal(
    authorization: str | None, body: Mapping[str, Any], behaviour: Behaviour, number: int
) -> tuple[int, dict[str, Any]] | None:
    """Return the error status and body the `number`-th embeddings request meets; None when it is served."""
    if not (authorization or "").startswith("Bearer ") or behaviour.fault == "http_401":
        return 401, replies.error_body("Incorrect API key provided.", "invalid_request_error", "invalid_api_key")
    if number <= behaviour.http_429:
        return 429, replies.error_body("Rate limit reached.", "requests", "rate_limit_exceeded")
    if number <= behaviour.http_500:
        return 500, replies.error_body("The server had an error.", "server_error")
    texts = texts_of(body)
    if not texts or not all(isinstance(text, str) for text in texts):
        message = "'input' must be a string or a list of strings; token arrays are not supported."
        return 400, replies.error_body(message, "invalid_request_error", param="input")
    if behaviour.embeddings_at_once is not None and len(texts) > behaviour.embeddings_at_once:
        message = f"batch size {len(texts)} > maximum allowed batch size {behaviour.embeddings_at_once}"
        return 413, replies.error_body(message, "invalid_request_error", param="input")
    longest = max(replies.count_tokens(text) for text in texts)
    if behaviour.context_tokens is not None and longest > behaviour.context_tokens:
        message = f"This model's maximum context length is {behaviour.context_tokens} tokens, a text has {longest}."
        return 400, replies.error_body(message, "invalid_request_error", "context_length_exceeded", "input")
    return None


def reply(body: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    """Return the reply to a request that is served, as right as `behaviour` lets it be."""
    as_base64 = body.get("encoding_format") == "base64" or behaviour.fault == "embed_base64"
    texts = [str(text) for text in texts_of(body)]
    found = replies.embeddings(texts, str(body.get("model") or behaviour.model), as_base64=as_base64)
    if isinstance(wanted := body.get("dimensions"), int) and not as_base64:
        _shorten(found["data"], wanted)
    _spoil(found, behaviour)
    return found


def texts_of(body: Mapping[str, Any]) -> list[Any]:
    """Return what a request asks to embed; empty when it is no list."""
    given = body.get("input")
    return [given] if isinstance(given, str) else given if isinstance(given, list) else []


def _shorten(rows: list[dict[str, Any]], dimensions: int) -> None:
    for row in rows:
        kept = row["embedding"][:dimensions]
        length = math.hypot(*kept) or 1.0
        row["embedding"] = [value / length for value in kept]


def _spoil(found: dict[str, Any], behaviour: Behaviour) -> None:
    rows: list[dict[str, Any]] = found["data"]
    last = rows[-1]["embedding"]
    if behaviour.fault == "embed_wrong_dimensions":
        rows[-1]["embedding"] = last[:-1]
    elif behaviour.fault == "embed_wrong_count":
        rows.pop()
    elif behaviour.fault == "embed_nan":
        rows[-1]["embedding"] = [math.nan, *last[1:]]
    elif behaviour.fault == "embed_zeros":
        rows[-1]["embedding"] = [0.0] * len(last)
    elif behaviour.fault == "embed_shuffled":
        rows.reverse()
    elif behaviour.fault == "embed_same_index":
        rows[-1]["index"] = 0 if len(rows) > 1 else 1


def answer(body: Mapping[str, Any], behaviour: Behaviour, number: int) -> tuple[int, dict[str, Any]]:
    """Return status and body of the reply to the `number`-th rerank request.

    A passage's score is the share of the question's terms that it holds. With the fault "garbage_json" the reply is
    well-formed but its results are missing.
    """
    if number <= behaviour.http_429:
        return 429, replies.error_body("Rate limit reached.", "requests", "rate_limit_exceeded")
    if number <= behaviour.http_500:
        return 500, replies.error_body("The server had an error.", "server_error")
    documents = body.get("documents")
    if not isinstance(documents, list) or not documents or not isinstance(body.get("query"), str):
        message = "'query' must be a string and 'documents' a list of strings."
        return 400, replies.error_body(message, "invalid_request_error", param="documents")
    asked = set(terms(body["query"])) or {""}
    scored = [
        {"index": index, "relevance_score": len(asked.intersection(terms(str(text)))) / len(asked)}
        for index, text in enumerate(documents)
    ]
    scored.sort(key=lambda result: -result["relevance_score"])
    results = [] if behaviour.fault == "garbage_json" else scored[: body.get("top_n") or len(scored)]
    return 200, {"model": body.get("model") or behaviour.model, "results": results}
