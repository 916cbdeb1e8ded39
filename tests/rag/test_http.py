"""One request for JSON: what a server may do to it, and what is said of that."""

import gzip
import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rag.http import RequestFailure, ask_json


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass


@contextmanager
def serving(answer):
    """A server that gives each request to `answer`, with the requests it has had."""
    closing, asked = threading.Event(), []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            answer(self, closing)

        do_POST = do_GET

        def log_message(self, *given):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def sends(data, status=200, **headers):
    def answer(handler, closing):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def drips(data, pause_s):
    """Bytes without end, `data` again and again."""

    def answer(handler, closing):
        handler.send_response(200)
        handler.end_headers()
        while not closing.wait(pause_s):
            handler.wfile.write(data)

    return answer


def ask(base_url, body=None, *, headers=None, query=None, timeout_s=10.0, max_bytes=1000):
    return ask_json(
        base_url, "models", body, headers=headers or {}, query=query or {}, timeout_s=timeout_s, max_bytes=max_bytes
    )


def failure(base_url, **named):
    with pytest.raises(RequestFailure) as caught:
        ask(base_url, **named)
    return caught.value.status, caught.value.reason.replace(base_url, "URL")


def test_a_request_carries_path_query_headers_and_body():
    with serving(sends(b'{"data": []}')) as (url, asked):
        assert ask(url + "/", headers={"api-key": "k"}, query={"v": "a b"}) == {"data": []}
        assert ask(url, {"model": "m"}) == {"data": []}
    (got, path, headers, _), (posted, _, _, body) = asked
    assert (got, path, headers["api-key"]) == ("GET", "/v1/models?v=a+b", "k")
    assert (posted, json.loads(body)) == ("POST", {"model": "m"})


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (sends(b"busy", 503), (503, "HTTP 503")),
        (sends(b"", 304), (304, "HTTP 304")),
        (sends(b"<html>"), (200, "a reply that is not JSON")),
        (sends(b"\xff\xfe{"), (200, "a reply that is not JSON")),
        (sends(b"[" * 900), (200, "a reply that is not JSON")),
        (sends(json.dumps("x" * 2000).encode()), (200, "a reply that is not JSON")),
        (sends(gzip.compress(b"{}"), Content_Encoding="gzip"), (200, "a reply that is not JSON")),
        (drips(b"[1, " * 100, 0), (200, "a reply that is not JSON")),
    ],
    ids=["refused", "unchanged", "a page", "no text", "nested", "long", "packed", "endless"],
)
def test_a_reply_that_is_no_json_says_so_and_no_more_than_its_limit_is_read(answer, told):
    with serving(answer) as (url, _):
        assert failure(url) == told


def test_deep_nesting_is_no_json():
    with serving(sends(b"[" * 200_000)) as (url, _):
        assert failure(url, max_bytes=2**20) == (200, "a reply that is not JSON")


def test_a_silent_server_is_given_up():
    with serving(lambda handler, closing: closing.wait(60)) as (url, _):
        assert failure(url, timeout_s=0.2) == (0, "URL cannot be asked: timed out")


def test_a_server_that_drips_is_given_up():
    with serving(drips(b" ", 0.01)) as (url, _):
        assert failure(url, timeout_s=0.05, max_bytes=2**20) == (0, "URL cannot be asked: no whole reply within 0.5 s")


def test_a_reply_that_breaks_off_says_so():
    def answer(handler, closing):
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b'{"data"')

    with serving(answer) as (url, _):
        status, told = failure(url)
    assert (status, "cannot be asked: peer closed connection" in told) == (0, True)


def test_nobody_there_says_so_without_the_password():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    status, told = failure(f"http://user:secret@127.0.0.1:{port}/v1")
    assert (status, "secret" in told, "Connection refused" in told) == (0, False, True)


def test_the_key_does_not_follow_a_redirect_to_another_host():
    with serving(sends(b"{}")) as (other, asked):
        away = sends(b"", 302, Location=other.replace("127.0.0.1", "localhost") + "/models")
        with serving(away) as (url, _):
            assert ask(url, headers={"Authorization": "Bearer secret"}) == {}
    assert "authorization" not in asked[0][2]


@pytest.mark.parametrize("url", ["file:///etc", "http://[bad", "ftp://127.0.0.1/v1", "http://127.0.0.1:99999/v1"])
def test_what_is_no_web_address_cannot_be_asked(url):
    assert failure(url)[0] == 0


def test_headers_that_cannot_be_sent_and_proxies_that_cannot_be_used_say_so(monkeypatch):
    with serving(sends(b"{}")) as (url, _):
        assert failure(url, headers={"X-Key": "ключ"})[1].startswith("URL cannot be asked: 'ascii' codec")
        assert failure(url, headers={"X-Key": "a\nb"})[0] == 0
        monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
        monkeypatch.setenv("HTTP_PROXY", "nonsense://127.0.0.1:9")
        assert failure(url)[0] == 0
