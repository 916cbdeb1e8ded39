"""Stream events as plain dicts, without the models that the openai library makes of each.

Half of the processor time of a token went into these models, which LangChain then turns back into dicts; it takes dicts
as they are. Requests, errors and the reading of events stay those of the library.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from types import TracebackType
from typing import Any, Self

from rag.chat.bounded import event_texts

_NO_STREAMS = ("application/json", "text/html")


def streams(response: Any) -> bool:
    """Tell whether a reply is to be read as a stream; some servers give theirs no type, or that of plain text."""
    return not response.headers.get("content-type", "").lower().startswith(_NO_STREAMS)


class WholeReply:
    """A reply that came at once, in the place of a stream of events and used like one."""

    def __init__(self, response: Any) -> None:
        self._response = response

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._response.close()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the one event; ValueError for what is no JSON, and with the error object where that was sent."""
        yield as_event(self._response.read())


def as_event(body: bytes) -> dict[str, Any]:
    """Return a whole reply as a stream's only event, each message as the delta of its choice.

    :raises ValueError: it is not JSON, or an error; LangChain raises the same for replies without streaming.
    """
    reply = json.loads(body)
    if not isinstance(reply, dict):
        return {"choices": []}
    if reply.get("error"):
        raise ValueError(reply["error"])
    choices = reply.get("choices")
    found = [choice for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []
    return {**reply, "choices": [{**choice, "delta": choice.get("message")} for choice in found]}


ENDED = "stream_ended"
"""The mark of the event that stands for the end of a stream, which the server told."""


@cache
def _event_stream() -> Any:
    import openai

    class EventStream(openai.Stream[Any]):
        def __stream__(self) -> Iterator[dict[str, Any]]:
            try:
                for text in event_texts(self.response.iter_bytes()):
                    if text.startswith("[DONE]"):
                        yield {"choices": [], ENDED: True}
                        return
                    event = json.loads(text)
                    if isinstance(event, dict) and event.get("error"):
                        raise _told(event["error"], self.response.request)
                    yield event
            finally:
                self.response.close()

    return EventStream


def _told(error: Any, request: Any) -> Exception:
    import openai

    message = error.get("message") if isinstance(error, dict) else error
    told = message if isinstance(message, str) and message else "An error occurred during streaming"
    return openai.APIError(told, request, body=error)


_FOR_THE_REQUEST = {"extra_headers": "headers", "extra_query": "params", "extra_body": "extra_json"}


class PlainCompletions:
    """The chat completions of an `openai.OpenAI`, in whose streams each event is the dict that was sent."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def create(self, *, timeout: Any = None, **payload: Any) -> Any:
        """Ask; with ``stream=True`` return dicts as a `Stream` does, else what the library returns."""
        if not payload.get("stream"):
            return self._client.chat.completions.create(timeout=timeout, **payload)
        options = {"timeout": timeout}
        options |= {name: payload.pop(given) for given, name in _FOR_THE_REQUEST.items() if given in payload}
        events = self._client.post(
            "/chat/completions",
            body=payload,
            cast_to=object,
            options=options,
            stream=True,
            stream_cls=_event_stream(),
        )
        return events if streams(events.response) else WholeReply(events.response)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client.chat.completions, name)


def whole(event: Any) -> dict[str, Any]:
    """Return an event with the fields that the library would have added; what is no event is an empty one.

    Some servers leave out what does not change, or send a list where an object is due.
    """
    if not isinstance(event, dict):
        return {"choices": []}
    choices = event.get("choices")
    if not isinstance(choices, list):
        return {**event, "choices": []}
    if all(isinstance(choice, dict) and isinstance(choice.get("delta"), dict) for choice in choices):
        return event
    return {**event, "choices": [{"delta": None, **choice} for choice in choices if isinstance(choice, dict)]}


_SAYS_NOTHING: tuple[object, ...] = (None, "", [], {})


def text_alone(event: dict[str, Any]) -> str | None:
    """Return the text of an event that holds nothing beside it, as nearly all do; None for any other."""
    choices = event["choices"]
    if len(choices) != 1 or event.get("usage") or event.get("type") or not isinstance(choices[0], dict):
        return None
    choice = choices[0]
    delta = choice["delta"]
    if not isinstance(delta, dict) or choice.get("finish_reason") or choice.get("logprobs"):
        return None
    text = delta.get("content")
    silent = all(value in _SAYS_NOTHING for name, value in delta.items() if name not in ("content", "role"))
    return text if isinstance(text, str) and silent and delta.get("role", "assistant") == "assistant" else None
