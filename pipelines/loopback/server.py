"""The HTTP side of the loopback server: standard library only, a thread per connection, keep-alive."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from pipelines.loopback import embeddings, replies, rerank
from pipelines.loopback.behaviour import Behaviour
from pipelines.loopback.writer import write_answer
from rag.prompts import read_prompt

_LONGEST_BODY = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request as it came in; `headers` have names in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class Loopback:
    """The running server; `with Loopback(Behaviour()) as server` serves at `server.url` until the block ends."""

    def __init__(self, behaviour: Behaviour | None = None, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._lock = threading.Lock()
        self._behaviour = behaviour or Behaviour()
        self._requests: list[Recorded] = []
        self._counts: Counter[str] = Counter()
        self._closing = threading.Event()
        self._http = _Server((host, port), self)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The base URL for clients, ending in "/v1"."""
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}/v1"

    @property
    def requests(self) -> tuple[Recorded, ...]:
        """All requests so far, in the order in which they came."""
        with self._lock:
            return tuple(self._requests)

    @property
    def behaviour(self) -> Behaviour:
        """The behaviour in force; assign another at any time. Assigning counts failing requests anew."""
        with self._lock:
            return self._behaviour

    @behaviour.setter
    def behaviour(self, behaviour: Behaviour) -> None:
        with self._lock:
            self._behaviour = behaviour
            self._counts.clear()

    def wait(self, seconds: float) -> None:
        """Let time pass, but no longer than the server lives."""
        self._closing.wait(seconds)

    def record(self, request: Recorded) -> tuple[Behaviour, int]:
        """Note a request; return the behaviour it meets and its number among the requests to its path, from 1."""
        with self._lock:
            self._requests.append(request)
            self._counts[request.path] += 1
            return self._behaviour, self._counts[request.path]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], loopback: Loopback) -> None:
        super().__init__(address, _Handler)
        self.loopback = loopback

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about clients that hang up: several faults make them do so."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Print no access log."""

    def do_GET(self) -> None:
        """Serve /healthz and /v1/models."""
        behaviour, _ = self.server.loopback.record(self._recorded({}))
        if self.path == "/healthz":
            self._send(200, {"status": "ok"})
        elif self.path == "/v1/models":
            model = {"id": behaviour.model, "object": "model", "created": 1_700_000_000, "owned_by": "loopback"}
            self._send(200, {"object": "list", "data": [model]})
        else:
            self._send(404, replies.error_body(f"No such path: {self.path}", "invalid_request_error"))

    def do_POST(self) -> None:
        """Serve chat completions, embeddings and reranking."""
        raw = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _LONGEST_BODY))
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            self._send(400, replies.error_body("The body is not a JSON object.", "invalid_request_error"))
            return
        behaviour, number = self.server.loopback.record(self._recorded(body))
        if self.path == "/v1/chat/completions":
            self._chat(body, behaviour, number)
        elif self.path == "/v1/embeddings":
            self._embed(body, behaviour, number)
        elif self.path == "/v1/rerank":
            self._rerank(body, behaviour, number)
        else:
            self._send(404, replies.error_body(f"No such path: {self.path}", "invalid_request_error"))

    def _recorded(self, body: Mapping[str, Any]) -> Recorded:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Recorded(self.command, self.path, headers, body)

    def _chat(self, body: Mapping[str, Any], behaviour: Behaviour, number: int) -> None:
        user = _last_user_message(body)
        prompt_tokens = sum(replies.count_tokens(_content(message)) for message in body.get("messages", ()))
        refusal = _refusal(self.headers.get("Authorization"), body, behaviour, number, prompt_tokens)
        if refusal is not None:
            self._refuse(refusal, behaviour)
            return
        if behaviour.truncate_tokens is not None and prompt_tokens > behaviour.truncate_tokens:
            user, prompt_tokens = user[-4 * behaviour.truncate_tokens :], behaviour.truncate_tokens
        prompt = read_prompt(user)
        text = write_answer(prompt, behaviour) if prompt else f"This is {behaviour.model}; no passages were given."
        text, finish = _within(text, body)
        self.server.loopback.wait(behaviour.latency_s(prompt.question if prompt else user, number))
        if behaviour.fault == "timeout":
            self.server.loopback.wait(3600)
        if behaviour.fault == "garbage_json":
            self._send_bytes(200, b'{"id": "chatcmpl-loopback", "choices": [{"mess', "application/json")
        elif body.get("stream"):
            self._stream(text, finish, prompt_tokens, body, behaviour)
        else:
            self._send(200, replies.completion(text, prompt_tokens, finish, behaviour))

    def _stream(
        self, text: str, finish: str, prompt_tokens: int, body: Mapping[str, Any], behaviour: Behaviour
    ) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        events = [json.dumps(chunk, ensure_ascii=False) for chunk in replies.chunks(text, finish, behaviour)]
        broken = behaviour.fault in ("cut_stream", "short_stream", "stall_stream")
        if broken:
            events = events[: max(2, len(events) // 2)]
        elif (body.get("stream_options") or {}).get("include_usage") and behaviour.fault != "no_usage":
            events.append(json.dumps(replies.usage_chunk(prompt_tokens, text, behaviour)))
        for event in events if broken else [*events, "[DONE]"]:
            data = f"data: {event}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()
        if behaviour.fault == "stall_stream":
            self.server.loopback.wait(3600)
        if behaviour.fault in ("cut_stream", "stall_stream"):
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")

    def _embed(self, body: Mapping[str, Any], behaviour: Behaviour, number: int) -> None:
        refusal = embeddings.refusal(self.headers.get("Authorization"), body, behaviour, number)
        if refusal is not None:
            self._refuse(refusal, behaviour)
            return
        self.server.loopback.wait(behaviour.latency_s(str(body.get("input")), number))
        if behaviour.fault == "timeout":
            self.server.loopback.wait(3600)
        if behaviour.fault == "garbage_json":
            self._send_bytes(200, b'{"object": "list", "data": [{"embe', "application/json")
        else:
            self._send(200, embeddings.reply(body, behaviour))

    def _rerank(self, body: Mapping[str, Any], behaviour: Behaviour, number: int) -> None:
        self.server.loopback.wait(3600 if behaviour.fault == "timeout" else behaviour.latency_s("rerank", number))
        self._send(*rerank.answer(body, behaviour, number))

    def _refuse(self, refusal: tuple[int, Mapping[str, Any]], behaviour: Behaviour) -> None:
        self._send(*refusal, headers={"Retry-After": f"{behaviour.retry_after_s:g}"} if refusal[0] == 429 else {})

    def _send(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self._send_bytes(status, json.dumps(body, ensure_ascii=False).encode(), "application/json", headers)

    def _send_bytes(self, status: int, data: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def _refusal(
    authorization: str | None, body: Mapping[str, Any], behaviour: Behaviour, number: int, prompt_tokens: int
) -> tuple[int, dict[str, Any]] | None:
    """Return the error status and body this request meets; None when it is served."""
    if not (authorization or "").startswith("Bearer ") or behaviour.fault == "http_401":
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
    refused = (behaviour.fault or "").removeprefix("rejects_")
    if refused in body and (behaviour.fault or "").startswith("rejects_"):
        message = f"Unsupported parameter: '{refused}' is not supported with this model."
        return 400, replies.error_body(message, "invalid_request_error", "unsupported_parameter", refused)
    return None


def _last_user_message(body: Mapping[str, Any]) -> str:
    users = [message for message in body.get("messages", ()) if message.get("role") == "user"]
    return _content(users[-1]) if users else ""


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def _within(text: str, body: Mapping[str, Any]) -> tuple[str, str]:
    """Cut `text` at the most tokens asked for; return it with the finish reason."""
    most = body.get("max_completion_tokens") or body.get("max_tokens")
    if not isinstance(most, int) or replies.count_tokens(text) <= most:
        return text, "stop"
    words = re.findall(r"\S+\s*", text)
    while words and replies.count_tokens("".join(words)) > most:
        words.pop()
    return "".join(words), "length"
