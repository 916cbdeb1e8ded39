"""Clients of `rag serve` that cost next to nothing: a connection each, and nothing read but what is counted."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any

_TEXT = re.compile(rb'"content": ?"[^"]')
_ID = re.compile(rb'"interaction_id": ?"([^"]+)"')
_DONE = b"data: [DONE]"


@dataclass(slots=True)
class Outcome:
    """What came of a question, and when, in seconds from the request."""

    question: str
    outcome: str = "cut"
    first_s: float | None = None
    id: str | None = None
    total_s: float = 0.0
    started: float = 0.0


class _Listener(asyncio.Protocol):
    """Reads a stream to its end; looks into it only for the first text, and once it has ended."""

    def __init__(self, request: bytes, result: Outcome, ended: asyncio.Future[None]) -> None:
        self._request = request
        self._result = result
        self._ended = ended
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._result.first_s is None and _TEXT.search(data):
            self._result.first_s = monotonic() - self._result.started

    def connection_lost(self, error: Exception | None) -> None:
        self._result.total_s = monotonic() - self._result.started
        self._result.outcome = _outcome(bytes(self._received), error)
        named = _ID.search(self._received)
        self._result.id = named[1].decode() if named else None
        if not self._ended.done():
            self._ended.set_result(None)


def _outcome(received: bytes, error: Exception | None) -> str:
    status = received[9:12].decode()
    if b'"error"' in received:
        return "error told in the stream" if status == "200" else f"error told as HTTP {status}"
    if _DONE in received:
        return "answered"
    return f"connection: {error}" if error else "cut"


async def client(url: str, question: str, delay: float) -> dict[str, Any]:
    """Ask one question over a connection of its own after `delay` seconds; return what came of it and when."""
    await asyncio.sleep(delay)
    body = json.dumps({"model": "rag", "stream": True, "messages": [{"role": "user", "content": question}]}).encode()
    host, port = url.removeprefix("http://").split(":")
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    result = Outcome(question, started=monotonic())
    try:
        await loop.create_connection(lambda: _Listener(request, result, ended), host, int(port))
        await ended
    except OSError as error:
        result.outcome = f"connection: {error}"
    return asdict(result)


async def crowd(url: str, asked: list[str], ramp: float, rounds: int = 1) -> list[dict[str, Any]]:
    """Let each client ask `rounds` questions in turn, the first client at once and the last after `ramp` seconds."""
    clients = len(asked) // rounds
    kept = [one_after_another(url, asked[at::clients], ramp * at / clients) for at in range(clients)]
    return [result for results in await asyncio.gather(*kept) for result in results]


async def one_after_another(url: str, asked: list[str], delay: float) -> list[dict[str, Any]]:
    """Ask each question when the one before it was answered."""
    return [await client(url, question, 0.0 if at else delay) for at, question in enumerate(asked)]
