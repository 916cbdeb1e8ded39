"""The rerank side of the loopback server: scores by shared words, in the shape Jina, Cohere and vLLM share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.loopback import replies
from pipelines.loopback.behaviour import Behaviour
from rag.terms import terms


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
