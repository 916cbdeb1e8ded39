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
from urllib.parse import urlsplit

from pipelines.loopback import embeddings, refusals, replies
from pipelines.loopback import embeddings as rerank
from pipelines.loopback.behaviour import Behaviour
from pipelines.loopback.gullible import obeyed
from pipelines.loopback.judging import free_text
from pipelines.loopback.writer import write_answer
from rag.prompts import read_prompt

_LONGEST_BODY = 32 * 1024 * 1024
_NO_REPLIES = {
    "garbage_json": (b'{"id": "chatcmpl-loopback", "choices": [{"mess', "application/json"),
    "html_page": (b"<html><body>Please log in.</body></html>", "text/html"),
    "error_with_success": (b'{"error": {"message": "The model is being loaded.", "code": 503}}', "application/json"),
}
_BROKEN_STREAMS = ("cut_stream", "error_in_stream", "short_stream", "stall_stream")


@dataclass(frozen=True, slots=True)
class RecordedRequest:
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
        self._requests: list[RecordedRequest] = []
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
    def requests(self) -> tuple[RecordedRequest, ...]:
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

    @property
    def closing(self) -> bool:
        """Whether the server is going down."""
        return self._closing.is_set()

    def wait(self, seconds: float) -> None:
        """Let time pass, but no longer than the server lives."""
        self._closing.wait(seconds)

    def record(self, request: RecordedRequest) -> tuple[Behaviour, int]:
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
        elif urlsplit(self.path).path.endswith("/models"):
            model = {"id": behaviour.model, "object": "model", "created": 1_700_000_000, "owned_by": "loopback"}
            told = {"quantization": behaviour.quantization} if behaviour.quantization else {}
            self._send(200, {"object": "list", "data": [model | told]})
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
        path = urlsplit(self.path).path
        if path.endswith("/chat/completions"):
            self._chat(body, behaviour, number)
        elif path == "/v1/embeddings":
            self._embed(body, behaviour, number)
        elif path == "/v1/rerank":
            self._rerank(body, behaviour, number)
        else:
            self._send(404, replies.error_body(f"No such path: {self.path}", "invalid_request_error"))

    def _recorded(self, body: Mapping[str, Any]) -> RecordedRequest:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return RecordedRequest(self.command, self.path, headers, body)

    def _chat(self, body: Mapping[str, Any], behaviour: Behaviour, number: int) -> None:
        user = _last_user_message(body)
        prompt_tokens = sum(replies.count_tokens(refusals.content_of(message)) for message in body.get("messages", ()))
        refusal = refusals.refusal(self.headers, body, behaviour, number, prompt_tokens)
        if refusal is not None:
            self._refuse(refusal, behaviour)
            return
        if behaviour.truncate_tokens is not None and prompt_tokens > behaviour.truncate_tokens:
            user, prompt_tokens = user[-4 * behaviour.truncate_tokens :], behaviour.truncate_tokens
        prompt = read_prompt(user)
        text = write_answer(prompt, behaviour) if prompt else free_text(user, body, behaviour)
        text = obeyed(user, behaviour.obeys) or text
        text, finish = _within(text, body)
        self.server.loopback.wait(behaviour.latency_s(prompt.question if prompt else user, number))
        if behaviour.fault == "timeout":
            self.server.loopback.wait(3600)
        if behaviour.fault in _NO_REPLIES:
            self._send_bytes(200, *_NO_REPLIES[behaviour.fault])
        elif behaviour.fault == "endless_body":
            self._begin_chunks("application/json")
            self._endless(" ")
        elif body.get("stream") and behaviour.fault != "ignores_stream":
            self._stream(text, finish, prompt_tokens, body, behaviour)
        else:
            self._send(200, replies.completion(text, prompt_tokens, finish, behaviour))

    def _stream(
        self, text: str, finish: str, prompt_tokens: int, body: Mapping[str, Any], behaviour: Behaviour
    ) -> None:
        self._begin_chunks("text/event-stream")
        events = [json.dumps(chunk, ensure_ascii=False) for chunk in replies.chunks(text, finish, behaviour)]
        broken = behaviour.fault in _BROKEN_STREAMS
        if broken:
            events = events[: max(2, len(events) // 2)]
        elif (body.get("stream_options") or {}).get("include_usage") and behaviour.fault != "no_usage":
            events.append(json.dumps(replies.usage_chunk(prompt_tokens, text, behaviour)))
        if behaviour.fault == "error_in_stream":
            events.append(json.dumps(replies.error_body("The model ran out of memory.", "server_error")))
        self._endless(": still at it\n\n" if behaviour.fault == "endless_comments" else "")
        for event in events if broken else [*events, "[DONE]"]:
            self._chunk(_framed(event, behaviour))
        if behaviour.fault == "stall_stream":
            self.server.loopback.wait(3600)
        if behaviour.fault in ("cut_stream", "stall_stream"):
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")

    def _begin_chunks(self, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _endless(self, text: str) -> None:
        """Send `text` again and again, until the client hangs up or the server closes; nothing where it is empty."""
        while text and not self.server.loopback.closing:
            self._chunk(text)
            self.server.loopback.wait(0.02)

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


def _framed(event: str, behaviour: Behaviour) -> str:
    """Return an event as a line of the stream: all forms that the standard allows."""
    if behaviour.fault == "sse_no_space":
        return f"data:{event}\r\n\r\n"
    comment = ": keep-alive\n\nevent: message\n" if behaviour.fault == "sse_comments" else ""
    return f"{comment}data: {event}\n\n"


def _last_user_message(body: Mapping[str, Any]) -> str:
    users = [message for message in body.get("messages", ()) if message.get("role") == "user"]
    return refusals.content_of(users[-1]) if users else ""


def _within(text: str, body: Mapping[str, Any]) -> tuple[str, str]:
    """Cut `text` at the most tokens asked for; return it with the finish reason."""
    most = body.get("max_completion_tokens") or body.get("max_tokens")
    if not isinstance(most, int) or replies.count_tokens(text) <= most:
        return text, "stop"
    words = re.findall(r"\S+\s*", text)
    while words and replies.count_tokens("".join(words)) > most:
        words.pop()
    return "".join(words), "length"
