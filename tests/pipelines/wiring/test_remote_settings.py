"""Settings that send work elsewhere: an embedding endpoint, and engine options that do not fit together."""

from pathlib import Path

import pytest

from pipelines.loopback import Behaviour, Loopback

KEY = "sk-very-secret-0123"


@pytest.fixture
def folder(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    assert command("rag", "init").code == 0
    Path("docs").mkdir()
    Path("docs/ferry.md").write_text("# Ferry\n\nThe ferry leaves at six. Bring a ticket and some patience.\n")
    Path("docs/pets.md").write_text("# Pets\n\nDogs travel free on the upper deck.\n")
    return tmp_path


@pytest.fixture
def server(monkeypatch):
    with Loopback() as running:
        monkeypatch.setenv("RAG__EMBEDDER__BASE_URL", running.url)
        monkeypatch.setenv("RAG__EMBEDDER__API_KEY", KEY)
        monkeypatch.setenv("RAG__EMBEDDER__MODEL", "nomic-embed-text")
        yield running


def test_documents_and_questions_are_embedded_by_the_endpoint_with_its_prefixes_and_the_key(folder, server, command):
    assert command("rag", "ingest", "docs", "--json").json["added"] == 2
    hits = command("rag", "search", "when does the ferry leave", "--json").json["hits"]
    assert hits[0]["source"] == "docs/ferry.md"
    sent = [text for request in server.requests for text in request.body["input"]]
    assert "search_query: when does the ferry leave" in sent
    assert all(text.startswith(("search_query: ", "search_document: ")) for text in sent)
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {KEY}"}


def test_status_needs_no_endpoint_and_names_the_remote_model(folder, server, command):
    command("rag", "ingest", "docs")
    asked = len(server.requests)
    assert command("rag", "status", "--json").json["embedder"].startswith("nomic-embed-text@127.0.0.1")
    assert len(server.requests) == asked


def test_a_refusing_endpoint_is_one_sentence_without_the_key(folder, server, command):
    server.behaviour = Behaviour(fault="http_401")
    ran = command("rag", "ingest", "docs")
    assert ran.code != 0 and ran.err.count("error: ") == 1 and "embedder.api_key" in ran.err
    assert KEY not in ran.err + ran.out


def test_another_model_behind_the_same_name_is_refused(folder, server, command, monkeypatch):
    command("rag", "ingest", "docs")
    monkeypatch.setenv("RAG__EMBEDDER__DOCUMENT_PREFIX", "")
    ran = command("rag", "search", "ferry")
    assert ran.code != 0 and "was built with embedder nomic-embed-text@127.0.0.1" in ran.err


def test_an_address_without_the_ray_engine_is_refused(folder, command):
    ran = command("rag", "ingest", "docs", "--address", "auto")
    assert ran.code == 2 and "--engine ray" in ran.err


def test_a_server_address_that_is_none_is_refused(folder, command, monkeypatch):
    monkeypatch.setenv("RAG__VECTORS__URL", "localhost:8000")
    ran = command("rag", "ingest", "docs")
    assert ran.code == 2 and "vectors.url" in ran.err
