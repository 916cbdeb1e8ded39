"""URL lists against a real server on loopback: what comes in, under which name, and what is refused by line."""

import gzip
import io
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data.errors import InputError
from rag.read.document import read_document
from rag.read.urls import fetch_all, keep_stream, read_url_list

PAGES = {
    "/guide": ("text/html; charset=utf-8", b"<h1>Guide</h1><p>The pier opens at nine.</p>"),
    "/old": (
        "text/html; charset=windows-1251",
        '<meta charset="windows-1251"><p>Паром отходит в девять.</p>'.encode("windows-1251"),
    ),
    "/notes.md": ("text/plain", b"# Notes\n\nBring a coat.\n"),
    "/table": ("text/csv", b"port,depth\nBrenna,7\n"),
    "/raw.md": ("application/octet-stream", b"# Raw\n\nStill markdown.\n"),
    "/picture": ("image/png", b"\x89PNG\r\n"),
    "/huge": ("text/plain", b"word " * 2000),
    "/%D0%BF%D0%B8%D1%80%D1%81": ("text/plain", "Пирс номер семь.".encode()),
}


class Site(BaseHTTPRequestHandler):
    def log_message(self, *args):
        """Print nothing."""

    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/guide")
            self.end_headers()
        elif self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "ftp://127.0.0.1/secret")
            self.end_headers()
        elif self.path == "/round":
            self.send_response(307)
            self.send_header("Location", "/round")
            self.end_headers()
        elif self.path == "/packed":
            self._send("text/plain", gzip.compress(b"word"), encoding="gzip")
        elif self.path == "/drip":
            self._drip()
        elif self.path == "/short":
            self._send("text/plain", b"half", length=400)
        elif self.path in PAGES:
            self._send(*PAGES[self.path])
        else:
            self.send_error(404)

    def _send(self, kind, body, length=None, encoding=None):
        self.send_response(200)
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        for _ in range(40):
            self.wfile.write(b"drop ")
            self.wfile.flush()
            self.server.closing.wait(0.05)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *args):
        super().__init__(*args)
        self.closing = threading.Event()

    def shutdown(self):
        self.closing.set()
        super().shutdown()

    def handle_error(self, request, client_address):
        """Say nothing about clients that hang up."""


@pytest.fixture(scope="module")
def site():
    with Server(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def fetch(tmp_path, lines, **options):
    listed, folder = tmp_path / "urls.txt", tmp_path / "copies"
    folder.mkdir()
    listed.write_text("\n".join(lines), encoding="utf-8")
    return fetch_all(listed, folder, **options)


def test_each_type_meets_its_reader_and_the_source_is_the_url(tmp_path, site):
    fetched = fetch(tmp_path, [f"{site}/guide", f"{site}/notes.md", f"{site}/table", f"{site}/raw.md"])
    assert fetched.failed == ()
    documents = [read_document(file.path, file.source) for file in fetched.files]
    assert [document.source for document in documents] == [
        f"{site}{page}" for page in ("/guide", "/notes.md", "/table", "/raw.md")
    ]
    assert "The pier opens at nine." in documents[0].text and "<p>" not in documents[0].text
    assert [document.headings[0].label for document in (documents[0], documents[1], documents[3])] == [
        "Guide",
        "Notes",
        "Raw",
    ]
    assert "Brenna" in documents[2].text


def test_the_character_set_of_the_server_is_believed(tmp_path, site):
    (file,) = fetch(tmp_path, [f"{site}/old"]).files
    assert "Паром отходит в девять." in read_document(file.path).text


def test_comments_empty_lines_repeats_and_fragments_are_no_further_documents(tmp_path, site):
    lines = ["# ours", "", f"{site}/guide", f"{site}/guide#opening", f"  {site}/guide  "]
    fetched = fetch(tmp_path, lines)
    assert [file.source for file in fetched.files] == [f"{site}/guide"] and fetched.failed == ()


def test_a_url_in_russian_is_asked_for_and_kept_as_written(tmp_path, site):
    (file,) = fetch(tmp_path, [f"{site}/пирс"]).files
    assert file.source == f"{site}/пирс" and "Пирс" in read_document(file.path).text


def test_redirects_are_followed_but_not_out_of_http(tmp_path, site):
    fetched = fetch(tmp_path, [f"{site}/moved", f"{site}/away"])
    assert [file.source for file in fetched.files] == [f"{site}/moved"]
    assert "ftp://127.0.0.1/secret" in fetched.failed[0][1]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{site}/nowhere", "HTTP 404"),
        ("{site}/picture", "image/png, for which there is no reader"),
        ("{site}/huge", "more than 5,000 bytes"),
        ("{site}/short", "closed 396 bytes before the end"),
        ("{site}/round", "redirects more than 10 times"),
        ("{site}/packed", "compressed (gzip), unasked"),
        ("file:///etc/hostname", "no plain http"),
        ("ftp://example.org/a", "no plain http"),
        ("faq.md", "no plain http"),
        ("http://127.0.0.1:9/", "cannot be fetched"),
        ("http://[broken/", "no URL"),
    ],
)
def test_what_cannot_be_had_is_named_with_its_line_and_the_rest_comes_in(tmp_path, site, line, says):
    url = line.format(site=site)
    fetched = fetch(tmp_path, ["# first", url, f"{site}/guide"], max_bytes=5000)
    assert [file.source for file in fetched.files] == [f"{site}/guide"]
    ((source, reason),) = fetched.failed
    assert source == url and "line 2 of" in reason and says in reason


def test_a_server_that_drips_is_given_up_at_the_deadline(tmp_path, site):
    started = time.perf_counter()
    fetched = fetch(tmp_path, [f"{site}/drip"], timeout_s=0.3)
    assert "not complete after 0.3 s" in fetched.failed[0][1] and time.perf_counter() - started < 1.5


def test_an_empty_or_missing_list_is_refused(tmp_path):
    (tmp_path / "empty.txt").write_text("# nothing\n")
    with pytest.raises(InputError, match="holds no URL"):
        read_url_list(tmp_path / "empty.txt")
    with pytest.raises(InputError, match="cannot be read"):
        read_url_list(tmp_path / "absent.txt")


def test_a_stream_is_kept_under_its_name_and_read_by_its_extension(tmp_path):
    kept = keep_stream(io.BytesIO(b"# Minutes\n\nAll agreed.\n"), "board/minutes.md", tmp_path)
    document = read_document(kept.path, kept.source)
    assert (document.source, document.headings[0].label) == ("board/minutes.md", "Minutes")
    assert keep_stream(io.BytesIO(b"x"), "minutes", tmp_path).path.suffix == ".txt"


def test_a_stream_of_unknown_kind_or_too_long_is_refused(tmp_path):
    with pytest.raises(InputError, match="extension"):
        keep_stream(io.BytesIO(b"x"), "a.exe", tmp_path)
    with pytest.raises(InputError, match="more than 3 bytes"):
        keep_stream(io.BytesIO(b"four"), "a.txt", tmp_path, max_bytes=3)
