"""What servers send that were asked for a stream and do not stream: the answer at once, an error object, a web page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

_NO_STREAMS = ("application/json", "text/html")


def streams(response: Any) -> bool:
    """Tell whether a reply is to be read as a stream; some servers give theirs no type, or that of plain text."""
    return not response.headers.get("content-type", "").lower().startswith(_NO_STREAMS)


class Unstreamed:
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
