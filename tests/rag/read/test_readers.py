"""A new reader is its function and a row of the table: nothing else is told of it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest

from data.errors import InputError
from data.records import Span
from rag.chunk.passages import chunk_document
from rag.errors import UnreadableDocument
from rag.read.document import find_files, parse_document, read_document
from rag.read.extracted import Extract, TextBuilder
from rag.read.readers import READERS, Reader, Readers
from rag.read.urls import fetch_all, keep_stream

LOG = b"@ Monday\nThe ferry left at nine.\n@ Tuesday\nIt stayed.\n"


def read_ship_log(data: bytes) -> Extract:
    """The imaginary reader: days are headings."""
    builder = TextBuilder()
    for line in data.decode().splitlines():
        if line.startswith("@ "):
            builder.heading(line[2:], 1)
        else:
            builder.line(line)
    return builder.build("text/x-ship-log")


WITH_LOGS = Readers([*READERS, Reader(read_ship_log, (".shiplog",), ("text/x-ship-log",))])


def test_its_files_are_found_read_and_cut(tmp_path):
    (tmp_path / "may.shiplog").write_bytes(LOG)
    (tmp_path / "notes.md").write_text("words")
    found = find_files([tmp_path], readers=WITH_LOGS)
    assert [path.name for path in found.files] == ["may.shiplog", "notes.md"]
    document = read_document(found.files[0], "may.shiplog", WITH_LOGS)
    assert document.text.startswith("Monday") and document.media_type == "text/x-ship-log"
    cut = chunk_document(document, lambda text: len(text.split()) + 2)
    assert [chunk.heading for chunk in cut] == ["Monday", "Tuesday"]


def test_without_its_row_its_files_are_passed_over_and_refused(tmp_path):
    (tmp_path / "may.shiplog").write_bytes(LOG)
    found = find_files([tmp_path])
    assert found.files == () and found.passed_over == {".shiplog": 1}
    with pytest.raises(UnreadableDocument, match="extension '.shiplog' is not known"):
        read_document(tmp_path / "may.shiplog")
    with pytest.raises(InputError, match="extension that is not known"):
        keep_stream(BytesIO(LOG), "may.shiplog", tmp_path)


def test_its_text_comes_from_standard_input(tmp_path):
    kept = keep_stream(BytesIO(LOG), "may.shiplog", tmp_path, readers=WITH_LOGS)
    assert read_document(kept.path, kept.source, WITH_LOGS).headings[0] == Span(0, 33, "Monday")


def test_its_pages_of_the_web_are_fetched_by_their_type(tmp_path):
    class Site(BaseHTTPRequestHandler):
        def log_message(self, *args):
            """Print nothing."""

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/x-ship-log; charset=utf-8")
            self.send_header("Content-Length", str(len(LOG)))
            self.end_headers()
            self.wfile.write(LOG)

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        (tmp_path / "urls.txt").write_text(f"http://127.0.0.1:{server.server_address[1]}/log\n")
        (file,) = fetch_all(tmp_path / "urls.txt", tmp_path, readers=WITH_LOGS).files
        server.shutdown()
    assert file.path.suffix == ".shiplog"
    assert len(read_document(file.path, file.source, WITH_LOGS).headings) == 2


def test_no_extension_and_no_media_type_has_two_readers():
    rows = list(READERS)
    extensions = [extension for row in rows for extension in row.extensions]
    media_types = [media_type for row in rows for media_type in row.media_types]
    assert len(set(extensions)) == len(extensions) and len(set(media_types)) == len(media_types)
    assert all(extension == extension.lower() and extension[:1] in ("", ".") for extension in extensions)


def test_an_extension_is_known_in_any_case():
    assert parse_document(LOG, Path("MAY.SHIPLOG"), readers=WITH_LOGS).media_type == "text/x-ship-log"
