"""A chat endpoint that streams cited sentences, one token every so many milliseconds; see `benchmarks.serve_load`.

Made to cost next to nothing, so that it takes no processor from the server under test: what is the same in every token
is written once, and one clock serves all replies, with a system call per token and no task per connection.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import re
import sys
from time import monotonic, process_time
from typing import Any

from rag.prompts import read_prompt

MODEL = "loopback-1"

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_SHARED = {
    "id": "chatcmpl-loopback",
    "object": "chat.completion.chunk",
    "created": 1_700_000_000,
    "model": MODEL,
    "system_fingerprint": "fp_loopback",
}


class Pacer:
    """Writes the parts of many replies, each at its time."""

    def __init__(self, token_s: float) -> None:
        self._token_s = token_s
        self._due: list[tuple[float, int, Reply]] = []
        self._count = 0
        self._woken = asyncio.Event()
        self.times: dict[str, tuple[float, float]] = {}

    def add(self, reply: Reply) -> None:
        """Begin a reply: its first part at once, the others a token's time apart."""
        self._push(monotonic(), reply)
        self._woken.set()

    async def run(self) -> None:
        """Serve for ever."""
        while True:
            wait = self._due[0][0] - monotonic() if self._due else None
            if wait is None or wait > 0:
                self._woken.clear()
                try:
                    async with asyncio.timeout(wait):
                        await self._woken.wait()
                except TimeoutError:
                    continue
                continue
            due, _, reply = heapq.heappop(self._due)
            if reply.write_next():
                self._push(due + self._token_s, reply)
            elif reply.question:
                self.times[reply.question] = (reply.started, monotonic())

    def _push(self, due: float, reply: Reply) -> None:
        self._count += 1
        heapq.heappush(self._due, (due, self._count, reply))


class Reply:
    """The parts of one reply that are still to be written; `started` is when the head of its request was there."""

    def __init__(self, transport: asyncio.Transport, question: str, parts: list[bytes], started: float) -> None:
        self._transport = transport
        self._parts = iter(parts)
        self._next: bytes | None = next(self._parts)
        self.question = question
        self.started = started

    def write_next(self) -> bool:
        """Write a part; tell whether more is to come."""
        if self._next is None or self._transport.is_closing():
            return False
        self._transport.write(self._next)
        self._next = next(self._parts, None)
        return self._next is not None


class Connection(asyncio.Protocol):
    """One client: requests with bodies that name their length, one after the other."""

    def __init__(self, pacer: Pacer, sentences: int) -> None:
        self._pacer = pacer
        self._sentences = sentences
        self._received = bytearray()
        self._started = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what replies are written to."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer when a request is whole."""
        self._received += data
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        self._started = self._started or monotonic()
        length = _LENGTH.search(self._received, 0, head)
        end = head + 4 + (int(length[1]) if length else 0)
        if len(self._received) < end:
            return
        body = bytes(self._received[head + 4 : end])
        started, asked = self._started, self._received.startswith(b"POST")
        del self._received[:end]
        self._started = 0.0
        if asked:
            self._answer(json.loads(body), started)
        else:
            told = {"times": self._pacer.times, "cpu_s": process_time()}
            self._transport.write(_plain(json.dumps(told).encode()))

    def _answer(self, body: Any, started: float) -> None:
        prompt = read_prompt(body["messages"][-1]["content"])
        text = _cited(prompt, self._sentences) if prompt else "Nothing."
        self._pacer.add(Reply(self._transport, prompt.question if prompt else "", _parts(text), started))


def _parts(text: str) -> list[bytes]:
    """Return what is written of a reply: a word each, then its end with the usage."""
    words = re.findall(r"\S+\s*", text)
    first, last = _event({"role": "assistant", "content": ""}), _event({}, "stop")
    usage = {"prompt_tokens": 500, "completion_tokens": len(words), "total_tokens": 500 + len(words)}
    end = _sse(json.dumps({**_SHARED, "choices": [], "usage": usage})) + _sse("[DONE]") + b"0\r\n\r\n"
    before, after = _event({"content": "@"}).split(b'"@"')
    before = before.split(b"\r\n", 1)[1]
    after = after.removesuffix(b"\r\n")
    texts = [before + json.dumps(word).encode() + after for word in words]
    return [_HEAD + first, *(b"%x\r\n%s\r\n" % (len(item), item) for item in texts), last + end]


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    return _sse(json.dumps({**_SHARED, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}))


def _sse(data: str) -> bytes:
    event = f"data: {data}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(event), event)


def _plain(data: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data)


def _cited(prompt: Any, sentences: int) -> str:
    said = []
    for number in range(sentences):
        passage = prompt.passages[number % len(prompt.passages)]
        parts = [part for part in passage.text.split(". ") if part]
        said.append(f"{parts[number // len(prompt.passages) % len(parts)].rstrip('.')} [{passage.key}].")
    return " ".join(said)


async def endpoint(port: int, token_ms: float, sentences: int) -> None:
    """Serve chat completions until killed: cited sentences of the passages, a word every `token_ms`.

    `GET /` tells for each question when the head of its request was here and when its last byte was written, on the
    clock that all processes share, and the processor seconds used.
    """
    pacer = Pacer(token_ms / 1000)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(pacer, sentences), "127.0.0.1", port, backlog=512)
    async with server:
        await pacer.run()


if __name__ == "__main__":
    asyncio.run(endpoint(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
