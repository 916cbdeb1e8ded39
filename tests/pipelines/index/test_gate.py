"""`rag ingest` after a change of embedder, with golden cases in the way; the embedders answer on loopback."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.fakes import HashEmbedder

WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron"]
WORDS += ["inlet", "jetty", "knoll", "larch", "marsh", "nomad", "otter", "plaza"]


class Embeddings(BaseHTTPRequestHandler):
    """Models "words…" embed the words of a text; "shuffled" gives each text a vector that has nothing to do with it."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = body["input"]
        if body["model"] == "shuffled":
            texts = [" ".join(hashlib.md5(text.encode()).hexdigest()) for text in texts]
        vectors = HashEmbedder(256).embed(texts)
        rows = [{"index": n, "embedding": [float(x) for x in vector]} for n, vector in enumerate(vectors)]
        reply = json.dumps({"data": rows, "model": body["model"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Embeddings) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/v1"
        running.shutdown()
        thread.join()


@pytest.fixture
def workspace(server, command, tmp_path, monkeypatch):
    """A workspace with one document per word, indexed by model "words", and a golden case for each."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    cases = []
    for number, word in enumerate(WORDS):
        text = f"The {word} gate opens at {number} and closes late."
        (tmp_path / "docs" / f"{word}.md").write_text(text + "\n")
        question = f"When does the {word} gate open?"
        cases.append({"id": word, "question": question, "sources": [f"{word}.md"], "evidence": [text]})
    (tmp_path / "cases.jsonl").write_text("\n".join(map(json.dumps, cases)))
    for name, value in {
        "EMBEDDER__BASE_URL": server,
        "EMBEDDER__MODEL": "words",
        "EMBEDDER__API_KEY": "sesame",
        "INGEST__GATE_CASES": "cases.jsonl",
        "RETRIEVAL__MODE": "dense",
        "RETRIEVAL__K": "3",
    }.items():
        monkeypatch.setenv(f"RAG__{name}", value)
    assert command("rag", "init").code == 0
    assert command("rag", "ingest", "docs").code == 0
    return tmp_path


def generation(command):
    return command("rag", "status", "--json").json["generation"]


def test_an_embedder_that_shuffles_texts_is_refused_with_both_numbers(command, workspace, monkeypatch):
    monkeypatch.setenv("RAG__EMBEDDER__MODEL", "shuffled")
    ran = command("rag", "ingest", "docs", "--json")
    assert ran.code == 2
    assert "source recall@3 1.000 → 0." in ran.json["refused"] and "evidence recall@3 1.000 → 0." in ran.json["refused"]
    assert "16 cases" in ran.json["refused"] and "--force" in ran.json["refused"]
    monkeypatch.setenv("RAG__EMBEDDER__MODEL", "words")
    assert generation(command) == "g1.r1"
    hits = command("rag", "search", "When does the otter gate open?", "--json").json["hits"]
    assert hits[0]["source"] == "docs/otter.md"


def test_a_refused_index_is_published_by_force(command, workspace, monkeypatch):
    monkeypatch.setenv("RAG__EMBEDDER__MODEL", "shuffled")
    assert command("rag", "ingest", "docs").code == 2
    ran = command("rag", "ingest", "docs", "--force", "--json")
    assert (ran.code, ran.json["unchanged"], ran.json["refused"]) == (0, 16, "")
    assert generation(command) == "g2.r2"


def test_an_equal_embedder_is_accepted(command, workspace, monkeypatch):
    monkeypatch.setenv("RAG__EMBEDDER__MODEL", "words-2")
    assert command("rag", "ingest", "docs").code == 0
    assert generation(command) == "g2.r2"


def test_changed_chunking_is_compared_too_and_accepted_when_it_finds_as_much(command, workspace, monkeypatch):
    monkeypatch.setenv("RAG__CHUNKING__MAX_TOKENS", "64")
    assert command("rag", "ingest", "docs").code == 0
    assert generation(command) == "g2.r2"


def test_a_former_embedder_that_is_not_known_is_said_to_be_the_obstacle(command, workspace, monkeypatch):
    (workspace / ".rag" / "embedder.json").unlink()
    monkeypatch.setenv("RAG__EMBEDDER__MODEL", "shuffled")
    ran = command("rag", "ingest", "docs")
    assert ran.code == 2 and "cannot be compared" in ran.out and "--force" in ran.out


def test_missing_cases_are_told_before_anything_is_built(command, workspace, monkeypatch):
    monkeypatch.setenv("RAG__INGEST__GATE_CASES", "no-such.jsonl")
    ran = command("rag", "ingest", "docs")
    assert ran.code == 2 and "no-such.jsonl" in ran.err


def test_cases_that_expect_nothing_of_retrieval_are_refused(command, workspace):
    (workspace / "cases.jsonl").write_text('{"id": "1", "question": "When?", "answers": ["never"]}\n')
    ran = command("rag", "ingest", "docs")
    assert ran.code == 2 and "names sources or evidence" in ran.err


def test_the_key_of_the_endpoint_is_not_kept(workspace):
    note = (workspace / ".rag" / "embedder.json").read_text()
    assert "words" in note and "sesame" not in note
