"""Vectors at a real Chroma server on loopback: same answers, same ways back, seen by other processes at once."""

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.errors import SettingsError
from rag.chunk import ChunkSettings
from rag.errors import IndexDamaged, IndexError_
from rag.index import Index
from rag.ingest import ingest
from rag.repair import repair, rollback
from rag.vector_server import connect, place_vectors, read_pointer
from tests.fakes import HashEmbedder

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ChunkSettings(max_tokens=40)
READER = """
import sys, time
from pathlib import Path
from rag.index import Index
from tests.fakes import HashEmbedder
index = Index.open(Path(sys.argv[1]), HashEmbedder())
print(len(index.search("berth", 50, mode="dense")), flush=True)
sys.stdin.readline()
for _ in range(20):
    found = [hit.chunk.text for hit in index.search("lighthouse keeper", 1, mode="dense")]
    if "lighthouse" in found[0]:
        break
    time.sleep(0.05)
print(found[0], flush=True)
"""
pytestmark = pytest.mark.slow


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    port, folder = free_port(), tmp_path_factory.mktemp("chroma")
    command = [str(Path(sys.executable).parent / "chroma"), "run", "--path", str(folder), "--port", str(port)]
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        server.terminate()


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.md").write_text(f"# Pier {number}\n\nBerth {number} takes ships of {number * 7} metres.\n")
    return folder


@pytest.fixture
def workspace(docs, tmp_path, url):
    place_vectors(tmp_path / ".rag", url)
    run(docs, tmp_path / ".rag")
    return tmp_path / ".rag"


def run(docs, workspace):
    return ingest([docs], workspace, HashEmbedder(), chunking=SETTINGS)


def collections(url, workspace):
    """Names of the collections at the server that the folders of this index point to, and of all others."""
    own = {pointer.collection for folder in (workspace / "chroma").iterdir() if (pointer := read_pointer(folder))}
    client = connect(url)
    names = {collection.name for collection in client.list_collections()}
    client.close()
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


def test_a_lost_collection_is_told_and_repaired_without_embedding(workspace, url):
    before = dense(workspace)
    client = connect(url)
    for name in collections(url, workspace)[0]:
        client.delete_collection(name)
    client.close()
    with pytest.raises(IndexDamaged, match="rag repair"):
        dense(workspace)
    assert repair(workspace, HashEmbedder()).embedded == 0
    assert dense(workspace) == before


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
        place_vectors(folder, place)
        repair(folder)
        assert dense(folder) == before and bool(collections(url, folder)[0]) == is_there


def test_the_next_ingest_moves_to_the_server(docs, tmp_path, url):
    folder = tmp_path / ".rag"
    run(docs, folder)
    place_vectors(folder, url)
    (docs / "new.md").write_text("The lighthouse keeper wakes at four.\n")
    run(docs, folder)
    assert len(collections(url, folder)[0]) == 1
    assert "lighthouse" in dense(folder, "lighthouse keeper")[0][0]


def test_a_server_that_is_down_is_named_and_lexical_search_still_works(docs, tmp_path):
    folder, dead = tmp_path / ".rag", f"http://127.0.0.1:{free_port()}"
    run(docs, folder)
    place_vectors(folder, dead)
    (docs / "new.md").write_text("The lighthouse keeper wakes at four.\n")
    with pytest.raises(IndexError_, match=rf"Chroma server at {dead} cannot be reached .*vectors.url"):
        run(docs, folder)
    index = Index.open(folder, HashEmbedder())
    assert index.generation == "g1.r1" and index.search("berth 3", 1, mode="lexical")
    assert "Berth 3 " in index.search("berth 3 pier 3", 1, mode="dense")[0].chunk.text


@pytest.mark.parametrize("url", ["localhost:8000", "http://user:secret@host:8000", "http://host/path", "ftp://host"])
def test_an_address_that_is_none_is_refused_without_being_repeated(tmp_path, url):
    with pytest.raises(SettingsError, match="write it like http://localhost:8000") as caught:
        place_vectors(tmp_path, url)
    assert "secret" not in str(caught.value) and not (tmp_path / "vectors.json").exists()


def test_the_identity_of_an_index_outlives_a_change_of_server(tmp_path):
    place_vectors(tmp_path, "http://a:8000")
    first = json.loads((tmp_path / "vectors.json").read_text())
    place_vectors(tmp_path, "http://b:8000")
    second = json.loads((tmp_path / "vectors.json").read_text())
    assert second == {**first, "url": "http://b:8000"}
