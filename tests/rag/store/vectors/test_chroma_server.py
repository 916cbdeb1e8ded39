"""Vectors at a real Chroma server on loopback: same answers, same ways back, seen by other processes at once."""

import gc
import json
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import chromadb
import httpx
import pytest
from chromadb.config import Settings

from data.errors import SettingsError
from data.settings import Secret
from rag.chunk.settings import ChunkSettings
from rag.errors import IndexDamaged, IndexProblem
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.ingest.rebuild import repair, rollback
from rag.store.settings import VectorsSettings
from rag.store.vectors.chroma_server import ChromaServer, connect, disconnect, read_pointer
from rag.store.vectors.placement import remember_key
from rag.store.vectors.stores import place_vectors
from tests.fakes import HashEmbedder
from tests.servers import chroma_server, free_port

ROOT = Path(__file__).resolve().parents[4]
SETTINGS = ChunkSettings(max_tokens=40, min_characters=0)
READER = """
import sys
from pathlib import Path
from rag.index import Index
from tests.fakes import HashEmbedder
from tests.waiting import until
index = Index.open(Path(sys.argv[1]), HashEmbedder())
print(len(index.search("berth", 50, mode="dense")), flush=True)
sys.stdin.readline()
def found():
    text = index.search("lighthouse keeper", 1, mode="dense")[0].chunk.text
    return text if "lighthouse" in text else ""
print(until(found), flush=True)
"""
pytestmark = pytest.mark.slow
UNCLOSED = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
"""Chroma's clients leave their connections to the collector where they are not let in, and its `AdminClient` always."""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with chroma_server(tmp_path_factory.mktemp("chroma")) as address:
        yield address


@pytest.fixture
def collected():
    """What a test leaves to the collector is collected in it, and warns of nothing in another."""
    yield
    gc.collect()


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.md").write_text(f"# Pier {number}\n\nBerth {number} takes ships of {number * 7} metres.\n")
    return folder


@pytest.fixture
def workspace(docs, tmp_path, url):
    place_vectors(tmp_path / ".rag", VectorsSettings(url))
    run(docs, tmp_path / ".rag")
    return tmp_path / ".rag"


def run(docs, workspace):
    return ingest([docs], workspace, HashEmbedder(), chunking=SETTINGS)


def collections(url, workspace):
    """Names of the collections at the server that the folders of this index point to, and of all others."""
    own = {pointer.collection for folder in (workspace / "chroma").iterdir() if (pointer := read_pointer(folder))}
    client = connect(VectorsSettings(url))
    names = {collection.name for collection in client.list_collections()}
    disconnect(client)
    return own & names, names - own


def dense(workspace, question="berth 7 ships"):
    index = Index.open(workspace, HashEmbedder())
    found = [(hit.chunk.text, round(hit.score, 3)) for hit in index.search(question, 5, mode="dense")]
    index.close()
    return found


def test_a_server_finds_what_a_folder_finds_and_no_vectors_lie_here(workspace, docs, tmp_path, url):
    run(docs, tmp_path / "embedded")
    assert dense(workspace) == dense(tmp_path / "embedded")
    assert not list(workspace.rglob("chroma.sqlite3")) and len(collections(url, workspace)[0]) == 1


def test_another_process_sees_new_documents_within_a_second(workspace, docs):
    command = [sys.executable, "-c", READER, str(workspace)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout.readline().strip() == "12"
        (docs / "new.md").write_text("The lighthouse keeper wakes at four.\n")
        assert run(docs, workspace).added == 1
        published = time.monotonic()
        reader.stdin.write("go\n")
        reader.stdin.flush()
        assert "lighthouse keeper" in reader.stdout.readline()
        assert time.monotonic() - published < 1.0


def test_two_revisions_are_kept_and_older_collections_leave_the_server(workspace, docs, url):
    for number in range(3):
        (docs / "pets.md").write_text(f"Dogs pay {number} crowns.\n")
        run(docs, workspace)
    own, others = collections(url, workspace)
    prefix = next(iter(own)).rsplit("-r", 1)[0]
    assert len(own) == 2 and sum(name.startswith(prefix) for name in others) <= 1


def test_a_rollback_returns_to_the_former_collection(workspace, docs):
    before = dense(workspace)
    (docs / "7.md").write_text("Closed.\n")
    run(docs, workspace)
    assert dense(workspace) != before
    rollback(workspace)
    assert dense(workspace) == before


def test_a_closed_collection_leaves_no_connection_to_the_server_open(workspace):
    [folder] = (workspace / "chroma").iterdir()
    held = ChromaServer.open(folder, HashEmbedder().id)
    sessions = [held._client._server._session, held._client._admin_client._server._session]
    assert held.nearest(HashEmbedder().embed(["berth 7"])[0], 1) and not any(one.is_closed for one in sessions)
    held.close()
    assert all(one.is_closed for one in sessions)


def test_a_lost_collection_is_told_and_repaired_without_embedding(workspace, url):
    before = dense(workspace)
    client = connect(VectorsSettings(url))
    for name in collections(url, workspace)[0]:
        client.delete_collection(name)
    disconnect(client)
    with pytest.raises(IndexDamaged, match="rag repair"):
        dense(workspace)
    assert repair(workspace, HashEmbedder()).embedded == 0
    assert dense(workspace) == before


class Gate(BaseHTTPRequestHandler):
    """A reverse proxy in front of a Chroma server that lets in only who brings the token."""

    upstream, header, value = "", "", ""
    refused = 0

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get(self.header) != self.value:
            type(self).refused += 1
            self.answer(401, b'{"error": "Unauthorized", "message": "who are you?"}', "application/json")
            return
        headers = {"Content-Type": self.headers.get("Content-Type", "application/json")}
        reply = httpx.request(self.command, self.upstream + self.path, content=body, headers=headers)
        self.answer(reply.status_code, reply.content, reply.headers.get("Content-Type", ""))

    def answer(self, status, body, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = forward

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def gate(url, request):
    handler = type("Closed", (Gate,), {"upstream": url, "header": request.param[0], "value": request.param[1]})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield VectorsSettings(f"http://127.0.0.1:{server.server_port}", header=request.param[0]), handler
        server.shutdown()


@UNCLOSED
@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize(
    "gate", [("Authorization", "Bearer s3cret"), ("X-Chroma-Token", "s3cret")], indirect=True, ids=["bearer", "token"]
)
def test_a_server_behind_a_proxy_that_wants_a_token_gets_it_and_the_index_never_holds_it(docs, tmp_path, gate):
    server, handler = gate
    folder = tmp_path / ".rag"
    place_vectors(folder, server)
    for key in ("", "wrong"):
        remember_key(replace(server, api_key=Secret(key)))
        with pytest.raises(IndexProblem, match=r"refuses the key: set vectors\.api_key") as refused:
            run(docs, folder)
        assert "s3cret" not in str(refused.value)
    assert handler.refused > 0
    remember_key(replace(server, api_key=Secret("s3cret")))
    run(docs, folder)
    run(docs, tmp_path / "embedded")
    assert dense(folder) == dense(tmp_path / "embedded")
    assert not [path for path in folder.rglob("*") if path.is_file() and b"s3cret" in path.read_bytes()]


@UNCLOSED
@pytest.mark.usefixtures("collected")
def test_tenant_and_database_of_the_settings_hold_the_vectors(docs, tmp_path, url):
    admin = chromadb.AdminClient(Settings(chroma_api_impl="chromadb.api.fastapi.FastAPI", **address(url)))
    tenant, folder = f"harbour-{tmp_path.parent.name}", tmp_path / ".rag"
    admin.create_tenant(tenant)
    admin.create_database("ferries", tenant)
    server = VectorsSettings(url, tenant=tenant, database="ferries")
    place_vectors(folder, server)
    run(docs, folder)
    client = connect(server)
    assert client.count_collections() == 1 and len(dense(folder)) == 5
    disconnect(client)
    with pytest.raises(IndexProblem, match="cannot be reached"):
        connect(VectorsSettings(url, tenant=tenant, database="nowhere"))


def address(url):
    parts = urlsplit(url)
    return {"chroma_server_host": parts.hostname, "chroma_server_http_port": parts.port}


def test_a_copied_index_leaves_the_collections_of_the_original_alone(workspace, docs, tmp_path):
    shutil.copytree(workspace, tmp_path / "copy")
    for number in range(3):
        (docs / "pets.md").write_text(f"Dogs pay {number} crowns.\n")
        run(docs, tmp_path / "copy")
    assert len(dense(workspace)) == 5


def test_repair_moves_an_index_to_a_server_and_back(docs, tmp_path, url):
    folder = tmp_path / ".rag"
    run(docs, folder)
    before = dense(folder)
    for place, is_there in ((url, True), ("", False)):
        place_vectors(folder, VectorsSettings(place))
        repair(folder)
        assert dense(folder) == before and bool(collections(url, folder)[0]) == is_there


def test_the_next_ingest_moves_to_the_server(docs, tmp_path, url):
    folder = tmp_path / ".rag"
    run(docs, folder)
    place_vectors(folder, VectorsSettings(url))
    (docs / "new.md").write_text("The lighthouse keeper wakes at four.\n")
    run(docs, folder)
    assert len(collections(url, folder)[0]) == 1
    assert "lighthouse" in dense(folder, "lighthouse keeper")[0][0]


def test_a_server_that_is_down_is_named_and_lexical_search_still_works(docs, tmp_path):
    folder, dead = tmp_path / ".rag", f"http://127.0.0.1:{free_port()}"
    run(docs, folder)
    place_vectors(folder, VectorsSettings(dead))
    (docs / "new.md").write_text("The lighthouse keeper wakes at four.\n")
    with pytest.raises(IndexProblem, match=rf"Chroma server at {dead} cannot be reached .*vectors.url"):
        run(docs, folder)
    index = Index.open(folder, HashEmbedder())
    assert index.generation == "g1.r1" and index.search("berth 3", 1, mode="lexical")
    assert "Berth 3 " in index.search("berth 3 pier 3", 1, mode="dense")[0].chunk.text


@pytest.mark.parametrize("url", ["localhost:8000", "http://user:secret@host:8000", "http://host/path", "ftp://host"])
def test_an_address_that_is_none_is_refused_without_being_repeated(tmp_path, url):
    with pytest.raises(SettingsError, match="write it like http://localhost:8000") as caught:
        place_vectors(tmp_path, VectorsSettings(url))
    assert "secret" not in str(caught.value) and not (tmp_path / "vectors.json").exists()


def test_the_identity_of_an_index_outlives_a_change_of_server(tmp_path):
    place_vectors(tmp_path, VectorsSettings("http://a:8000"))
    first = json.loads((tmp_path / "vectors.json").read_text())
    place_vectors(tmp_path, VectorsSettings("http://b:8000"))
    second = json.loads((tmp_path / "vectors.json").read_text())
    assert second == {**first, "url": "http://b:8000"}
