"""`retrieval.expand = "section"`: what is put before the model is wider, what is cited stays exact."""

import pytest

from pipelines.answer.asker import open_asker
from pipelines.loopback import Behaviour, Loopback
from pipelines.wiring.workspace import open_workspace
from rag.prompts import read_prompt

QUESTION = "How much luggage may a foot passenger bring?"


@pytest.fixture
def model():
    with Loopback(Behaviour(model="harbour-7b")) as server:
        yield server


def ask(monkeypatch, folder, expand):
    monkeypatch.setenv("RAG__RETRIEVAL__EXPAND", expand)
    return open_asker(open_workspace(folder), logged=False).ask(QUESTION)


def test_the_contexts_on_record_are_what_the_model_was_given(workspace, model, monkeypatch):
    monkeypatch.setenv("RAG__CHAT__BASE_URL", model.url)
    monkeypatch.setenv("RAG__CHAT__MODEL", "harbour-7b")
    small, wide = (ask(monkeypatch, workspace, expand) for expand in ("none", "section"))
    messages = [request.body["messages"] for request in model.requests if "messages" in request.body][-1]
    read = read_prompt(messages[-1]["content"])
    assert [passage.text for passage in read.passages] == [context.text for context in wide.interaction.contexts]
    assert sum(len(context.text) for context in wide.interaction.contexts) > sum(
        len(context.text) for context in small.interaction.contexts
    )
    assert {context.id for context in wide.interaction.contexts} <= {
        context.id for context in small.interaction.contexts
    }


def test_citations_of_widened_passages_are_exact_and_verify(command, workspace, monkeypatch):
    monkeypatch.setenv("RAG__RETRIEVAL__EXPAND", "section")
    answer = command("rag", "ask", QUESTION, "--json").json
    assert answer["outcome"] == "answered" and answer["citations"]
    for citation in answer["citations"]:
        text = (workspace / "corpus" / citation["source"].rpartition("/")[2]).read_text(encoding="utf-8")
        assert citation["supported"] and text[citation["start"] : citation["end"]] == citation["quote"]
    assert command("rag", "verify", answer["id"]).code == 0


def test_widening_is_part_of_the_fingerprint_only_while_it_is_on(workspace, monkeypatch):
    small, wide = (ask(monkeypatch, workspace, expand) for expand in ("none", "section"))
    monkeypatch.setenv("RAG__RETRIEVAL__EXPAND_TOKENS", "300")
    assert ask(monkeypatch, workspace, "none").interaction.fingerprint == small.interaction.fingerprint
    assert wide.interaction.fingerprint.retrieval != small.interaction.fingerprint.retrieval
    other = ask(monkeypatch, workspace, "section").interaction.fingerprint
    assert other.retrieval != wide.interaction.fingerprint.retrieval


def test_search_names_the_other_files_that_hold_a_passage(command, workspace):
    (workspace / "copy").mkdir()
    original = (workspace / "corpus" / "baggage.md").read_text(encoding="utf-8")
    (workspace / "copy" / "baggage.md").write_text(original, encoding="utf-8")
    assert command("rag", "ingest", "copy").code == 0
    (hit, *_) = command("rag", "search", QUESTION, "--json").json["hits"]
    assert sorted([hit["source"].rpartition("/")[0].rpartition("/")[2], hit["also_in"][0].split("/")[-2]]) == [
        "copy",
        "corpus",
    ]
