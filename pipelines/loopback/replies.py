"""The JSON an OpenAI-compatible server sends: completions, stream chunks, errors, embeddings."""

from __future__ import annotations

import base64
import hashlib
import math
import re
import struct
from collections.abc import Iterator, Sequence
from typing import Any

from data.text import terms
from pipelines.loopback.behaviour import Behaviour

DIMENSIONS = 64
_REASONING = {"reasoning_field": "reasoning_content", "reasoning_short_field": "reasoning"}
_THINKING = ("think_tags", "think_unopened")


def count_tokens(text: str) -> int:
    """Return a token count as the server sees it: words and signs, long words in pieces of six letters."""
    return sum(1 + (len(piece) - 1) // 6 for piece in re.findall(r"\w+|[^\w\s]", text))


def error_body(message: str, kind: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """Return an error object of the protocol."""
    return {"error": {"message": message, "type": kind, "code": code, "param": param}}


def completion(text: str, prompt_tokens: int, finish: str, behaviour: Behaviour) -> dict[str, Any]:
    """Return the whole reply of a request without streaming."""
    body: dict[str, Any] = {
        "id": "chatcmpl-loopback",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": behaviour.model,
        "system_fingerprint": behaviour.system_fingerprint,
        "choices": [{"index": 0, "finish_reason": finish, "message": _message(text, behaviour)}],
        "usage": usage(prompt_tokens, text),
    }
    if behaviour.fault == "empty_choices":
        body["choices"] = []
    if behaviour.fault == "null_choices":
        body["choices"] = None
    if behaviour.fault == "no_usage":
        del body["usage"]
    return body


def _message(text: str, behaviour: Behaviour) -> dict[str, Any]:
    if behaviour.fault == "empty_content":
        return {"role": "assistant", "content": ""}
    if behaviour.fault in _REASONING:
        return {"role": "assistant", "content": None, _REASONING[behaviour.fault]: text}
    if behaviour.fault == "refusal_field":
        return {"role": "assistant", "content": None, "refusal": "I cannot discuss this topic."}
    return {"role": "assistant", "content": _thinking(behaviour) + text}


def _thinking(behaviour: Behaviour) -> str:
    opening = "<think>\n" if behaviour.fault == "think_tags" else ""
    return f"{opening}The passages may hold 99 answers. </think>\n\n" if behaviour.fault in _THINKING else ""


def usage(prompt_tokens: int, text: str) -> dict[str, int]:
    """Return the usage object for a reply `text`."""
    written = count_tokens(text)
    return {"prompt_tokens": prompt_tokens, "completion_tokens": written, "total_tokens": prompt_tokens + written}


def chunks(text: str, finish: str, behaviour: Behaviour) -> Iterator[dict[str, Any]]:
    """Yield the stream chunks of a reply, a word each, the last with the finish reason."""
    yield _chunk({"role": "assistant", "content": ""}, None, behaviour)
    if behaviour.fault == "empty_choices":
        return
    if behaviour.fault == "refusal_field":
        yield _chunk({"refusal": "I cannot discuss this topic."}, None, behaviour)
    elif behaviour.fault != "empty_content":
        name = _REASONING.get(behaviour.fault or "", "content")
        for word in re.findall(r"\S+\s*|\s+", _thinking(behaviour) + text):
            yield _chunk({name: word}, None, behaviour)
    yield _chunk({}, finish, behaviour)


def usage_chunk(prompt_tokens: int, text: str, behaviour: Behaviour) -> dict[str, Any]:
    """Return the closing chunk that carries the usage, sent where `stream_options` asked for it."""
    return {**_chunk({}, None, behaviour), "choices": [], "usage": usage(prompt_tokens, text)}


def _chunk(delta: dict[str, Any], finish: str | None, behaviour: Behaviour) -> dict[str, Any]:
    return {
        "id": "chatcmpl-loopback",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": behaviour.model,
        "system_fingerprint": behaviour.system_fingerprint,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def embeddings(texts: Sequence[str], model: str, *, as_base64: bool) -> dict[str, Any]:
    """Return deterministic unit vectors: texts that share terms lie close, nothing else is meant by them."""
    rows = []
    for index, text in enumerate(texts):
        vector = _hashed_vector(text)
        value: object = base64.b64encode(struct.pack(f"<{DIMENSIONS}f", *vector)).decode() if as_base64 else vector
        rows.append({"object": "embedding", "index": index, "embedding": value})
    counted = sum(count_tokens(text) for text in texts)
    return {
        "object": "list",
        "model": model,
        "data": rows,
        "usage": {"prompt_tokens": counted, "total_tokens": counted},
    }


def _hashed_vector(text: str) -> list[float]:
    vector = [0.0] * DIMENSIONS
    for term in terms(text) or [text]:
        digest = hashlib.sha256(term.encode("utf-8", "surrogatepass")).digest()
        vector[digest[0] % DIMENSIONS] += 1.0 if digest[1] % 2 else -1.0
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector] if length else [1.0, *vector[1:]]
