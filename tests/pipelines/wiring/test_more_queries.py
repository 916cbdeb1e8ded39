"""`retrieval.more_queries`: off it changes nothing; on it is part of the fingerprint, and the model is asked."""

import pytest

from data.errors import SettingsError
from pipelines.answer.asker import open_asker
from pipelines.loopback import Behaviour, Loopback
from pipelines.wiring.generator import open_retriever
from pipelines.wiring.workspace import open_workspace
from rag.wiring.place import retrieval_id

QUESTION = "How much luggage may a foot passenger bring?"


def test_the_fingerprint_moves_only_with_a_way_that_is_used(workspace, monkeypatch):
    def named(way):
        monkeypatch.setenv("RAG__RETRIEVAL__MORE_QUERIES", way)
        return retrieval_id(open_workspace(workspace).settings)

    usual = retrieval_id(open_workspace(workspace).settings)
    assert named("none") == usual
    assert len({usual, named("feedback"), named("model")}) == 3


def test_a_model_that_is_not_there_is_named_before_a_question_is_asked(workspace, monkeypatch):
    monkeypatch.setenv("RAG__RETRIEVAL__MORE_QUERIES", "model")
    with pytest.raises(SettingsError, match="set chat.base_url"):
        open_retriever(open_workspace(workspace))


def test_the_model_is_asked_for_wordings_and_then_for_the_answer(workspace, monkeypatch):
    with Loopback(Behaviour()) as model:
        monkeypatch.setenv("RAG__RETRIEVAL__MORE_QUERIES", "model")
        monkeypatch.setenv("RAG__CHAT__BASE_URL", model.url)
        monkeypatch.setenv("RAG__CHAT__MODEL", "loopback-1")
        asked = open_asker(open_workspace(workspace), logged=False).ask(QUESTION)
        systems = [r.body["messages"][0]["content"] for r in model.requests if "messages" in (r.body or {})]
    assert asked.outcome == "answered"
    assert [system.split()[1] for system in systems] == ["three", "answer"]
