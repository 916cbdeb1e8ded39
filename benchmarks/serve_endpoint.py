"""A chat endpoint that streams cited sentences, one token every so many milliseconds; see `benchmarks.serve_load`."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from typing import Any

from pipelines.loopback import Behaviour, replies
from rag.prompts import read_prompt

MODEL = "loopback-1"


async def endpoint(port: int, token_ms: float, sentences: int) -> None:
    """Serve chat completions until killed: cited sentences of the passages, a word every `token_ms`.

    `GET /times` tells how long each question took here, from the head of its request to the last byte.
    """
    times: dict[str, float] = {}
    behaviour = Behaviour(model=MODEL)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                started = time.monotonic()
                if head.startswith("get"):
                    _plain(writer, json.dumps(times).encode())
                    continue
                length = int(re.findall(r"content-length: (\d+)", head)[0])
                body = json.loads(await reader.readexactly(length))
                prompt = read_prompt(body["messages"][-1]["content"])
                text = _cited(prompt, sentences) if prompt else "Nothing."
                await _stream(writer, text, token_ms, behaviour)
                if prompt:
                    times[prompt.question] = time.monotonic() - started
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", port, backlog=512)
    await server.serve_forever()


def _plain(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data)
    )


def _cited(prompt: Any, sentences: int) -> str:
    said = []
    for number in range(sentences):
        passage = prompt.passages[number % len(prompt.passages)]
        parts = [part for part in passage.text.split(". ") if part]
        said.append(f"{parts[number // len(prompt.passages) % len(parts)].rstrip('.')} [{passage.key}].")
    return " ".join(said)


async def _stream(writer: asyncio.StreamWriter, text: str, token_ms: float, behaviour: Behaviour) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    clock = time.monotonic()
    events = [json.dumps(chunk) for chunk in replies.chunks(text, "stop", behaviour)]
    for place, event in enumerate([*events, json.dumps(replies.usage_chunk(500, text, behaviour)), "[DONE]"]):
        data = f"data: {event}\n\n".encode()
        writer.write(b"%x\r\n%s\r\n" % (len(data), data))
        await writer.drain()
        await asyncio.sleep(
            max(0.0, clock + (place + 1) * token_ms / 1000 - time.monotonic()) if place < len(events) else 0
        )
    writer.write(b"0\r\n\r\n")
    await writer.drain()


if __name__ == "__main__":
    asyncio.run(endpoint(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
