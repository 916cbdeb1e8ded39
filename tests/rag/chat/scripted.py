"""A chat endpoint on loopback that sends the bytes a test gives it."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from rag.chat.endpoint import ChatEndpoint
from rag.chat.settings import ChatSettings


def event(text, finish=None):
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return b"data: " + json.dumps({"id": "c", "model": "m", "choices": [choice]}).encode() + b"\n\n"


def whole(text, finish="stop"):
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return json.dumps({"id": "c", "object": "chat.completion", "model": "m", "choices": [choice]}).encode()


DONE = b"data: [DONE]\n\n"


class Script:
    """What is sent: `pieces` is called for each request with its body and yields bytes; `headers` stand before them."""

    def __init__(self):
        self.pieces = lambda body: iter(())
        self.headers = {}
        self.url = ""


@contextmanager
def scripted():
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments):
            """Say nothing."""

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                self.send_response(200)
                kind = "text/event-stream" if body.get("stream") else "application/json"
                for name, value in ({"Content-Type": kind} | script.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                for piece in script.pieces(body):
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                pass  # the client has heard enough

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()


def endpoint(script, **settings):
    return ChatEndpoint(ChatSettings(script.url, "m", **{"max_retries": 0, "timeout_s": 20, **settings}))
