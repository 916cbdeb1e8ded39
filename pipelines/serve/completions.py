"""Answers in the shapes of OpenAI's chat completions, with citations as an extra field and as footnotes in the text."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from data.records import Answer, Citation, harmless
from data.text import estimate_tokens
from pipelines.answer import NearestPassage, in_words, nearest_documents
from pipelines.serve.errors import NO_ANSWER, ApiError, logger

_REPLY = "chatcmpl-"
_WITH_REASON = ("passages_not_judged", "rerank_failed")


def footnotes(citations: tuple[Citation, ...]) -> str:
    """Return file, page and quote of each citation, as a paragraph that follows the answer; empty without any.

    Quotes are text of documents: what a client might take for an image, a link or a tag is set apart by a blank.
    """
    lines = [item.footnote for item in citations]
    return "\n\n" + "  \n".join(lines) if lines else ""


def appendix(answer: Answer) -> str:
    """Return what follows the text of an answer: its footnotes, or where to look where there is no answer."""
    near = _nearest(answer)
    lines = [f"- {harmless(item.source)}{_page(item.page)}: “{harmless(item.text)}”" for item in near]
    return "\n\nNearest documents:\n" + "\n".join(lines) if lines else footnotes(answer.citations)


def reply_id(interaction_id: str) -> str:
    """Return the id of a reply as OpenAI writes it."""
    return f"{_REPLY}{interaction_id}"


def interaction_id(told: str) -> str:
    """Return the interaction behind the id of a reply; its own id stands for itself."""
    return told.removeprefix(_REPLY)


def completion(answer: Answer, model: str, *, with_footnotes: bool) -> dict[str, Any]:
    """Return the whole reply to a request without streaming."""
    text = answer.text + (appendix(answer) if with_footnotes else "")
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": finish_reason(answer), "logprobs": None}
    return {
        "id": reply_id(answer.interaction.id),
        "object": "chat.completion",
        "created": int(answer.interaction.at.timestamp()),
        "model": model,
        "choices": [choice],
        "usage": usage(answer),
        **extras(answer),
    }


class Chunks:
    """The events of one stream, which share id, time and model."""

    def __init__(self, stream_id: str, created: int, model: str) -> None:
        self._head = {"id": stream_id, "object": "chat.completion.chunk", "created": created, "model": model}

    def first(self) -> bytes:
        """Return the event that names the role."""
        return self._event({"role": "assistant", "content": ""})

    def text(self, piece: str) -> bytes:
        """Return an event with the next piece of the text."""
        return self._event({"content": piece})

    def last(self, answer: Answer) -> bytes:
        """Return the event with the reason of the end, the citations and the interaction's id."""
        return self._event({}, finish_reason(answer), extras(answer))

    def usage(self, answer: Answer) -> bytes:
        """Return the event with the count of tokens."""
        return _sse({**self._head, "choices": [], "usage": usage(answer)})

    def _event(self, delta: dict[str, str], finish: str | None = None, more: dict[str, Any] | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _sse({**self._head, "choices": [choice], **(more or {})})


DONE = b"data: [DONE]\n\n"
KEEP_ALIVE = b": still at it\n\n"


def stream_error(error: ApiError) -> bytes:
    """Return the event that tells of an error after the stream has begun, as OpenAI's clients raise it."""
    return _sse(error.body)


def failure(answer: Answer) -> ApiError:
    """Return the refusal for an answer that failed; its interaction is on record and named.

    The reason may name addresses that are no client's business: it goes to the log.
    """
    logger.error("no answer in %s: %s", answer.interaction.id, answer.interaction.error)
    error = ApiError(
        502,
        f"{NO_ANSWER}, under {answer.interaction.id}.",
        kind="upstream_error",
        code="endpoint_failed",
        headers={"x-should-retry": "false"},
    )
    error.body = {**error.body, "interaction_id": answer.interaction.id}
    return error


def extras(answer: Answer) -> dict[str, Any]:
    """Return the fields beyond OpenAI's."""
    flags = [_public(flag) for flag in answer.interaction.flags]
    return {
        "citations": [asdict(citation) for citation in answer.citations],
        "interaction_id": answer.interaction.id,
        "outcome": answer.outcome,
        "flags": flags,
        "notes": [in_words(flag) for flag in flags],
        "nearest": [asdict(item) for item in _nearest(answer)],
    }


def finish_reason(answer: Answer) -> str:
    """Return "length" for an answer the model could not finish, else "stop"."""
    return "length" if "answer_cut_short" in answer.flags else "stop"


def usage(answer: Answer) -> dict[str, int]:
    """Return the endpoint's count of tokens, or an estimate where it gave none."""
    tokens = answer.interaction.tokens
    prompt = tokens.get("prompt", estimate_tokens(answer.interaction.question))
    written = tokens.get("completion", estimate_tokens(answer.text))
    return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}


def _public(flag: str) -> str:
    """Return a flag without a reason that may name addresses of the operator's; the record keeps it."""
    name, _, detail = flag.partition(":")
    if name in _WITH_REASON:
        return f"{name}: the record says why."
    return f"{name}:another" if name == "fallback" and "/" in detail else flag


def _nearest(answer: Answer) -> list[NearestPassage]:
    return nearest_documents(answer.hits) if answer.outcome == "abstained" else []


def _page(page: int | None) -> str:
    return f", page {page}" if page is not None else ""


def _sse(body: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode("utf-8", "replace")
