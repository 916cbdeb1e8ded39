import asyncio
from pathlib import Path

import pytest

import rag
from data.errors import InputError, SettingsError, WorkspaceError
from data.records import Score
from rag.errors import EndpointUnreachable, NoIndexError
from tests.fakes import HashEmbedder
from tests.rag.knowledge_base.handbook import OIL, read, rows


class Dead:
    id = "dead"
    prompt_version = "1"

    def generate(self, question, hits):
        raise EndpointUnreachable("No one listens at http://x: start it.")


def test_a_folder_is_made_with_its_settings_when_there_is_none(folder):
    with rag.open("new/handbook") as kb:
        assert repr(kb) == "<KnowledgeBase 'new/handbook'>"
        with pytest.raises(NoIndexError, match="run `rag ingest PATH`, or kb.ingest"):
            kb.ask(OIL)
    assert (folder / "new" / "handbook" / "rag.toml").read_text(encoding="utf-8").startswith("# Settings of")


def test_documents_are_asked_searched_and_verified(kb, folder):
    answer = kb.ask(OIL)
    assert answer.text == "The lubricating oil is changed every 500 hours [1]."
    assert answer.citations[0].quote == "The lubricating oil is changed every 500 hours."
    assert (answer.flags, answer.outcome, answer.log_error) == ((), "answered", None)
    (row,), scores = rows(folder)
    assert (row.id, row.answer, scores) == (answer.id, answer.text, [])
    assert [hit.chunk.source for hit in kb.search("bag", k=1)] == ["docs/luggage.md"]
    assert [hit.chunk.source for hit in kb.search("bag", where="source=*oil*")] == ["docs/oil.md"]
    assert kb.search("bag", where=["source=*luggage*", "heading~Oil"]) == ()
    assert kb.status().documents == 2


def test_a_citation_is_verified_by_id_by_answer_and_by_itself(kb, folder):
    answer = kb.ask(OIL)
    for given in (answer.id, answer, answer.citations[0]):
        assert [item.status for item in kb.verify(given)] == ["supported"]
    (folder / "docs" / "oil.md").write_text("# Oil\n\nThe lubricating oil is changed every 900 hours.\n")
    (found,) = kb.verify(answer)
    assert (found.status, found.note) == ("changed", "its file is newer than the index: run rag ingest")


def test_documents_that_cannot_be_read_are_told_and_cost_no_good_one(folder):
    (folder / "docs" / "broken.pdf").write_bytes(b"no pdf")
    with rag.open("handbook", embedder=HashEmbedder()) as kb:
        report = kb.ingest("docs", Path("nowhere.md"))
        assert report.added == 2
        assert {source for source, _ in report.failed} == {"docs/broken.pdf", "nowhere.md"}
        assert kb.ask(OIL).outcome == "answered"


def test_what_was_ingested_is_seen_at_once_and_by_others_who_have_the_folder_open(kb, folder):
    with rag.open("handbook", embedder=HashEmbedder()) as other:
        assert other.ask("What does a parrot cost?").outcome == "abstained"
        (folder / "docs" / "parrot.md").write_text("# Parrots\n\nA parrot costs €40 on board.\n")
        kb.ingest("docs")
        assert "€40" in other.ask("What does a parrot cost?").text
    assert "€40" in kb.ask("What does a parrot cost?").text  # the other was closed, this one was not


def test_answers_are_scored_and_observed_by_what_is_passed_in(folder):
    told = []

    def score(interaction):
        return [Score(interaction.id, "length", 1.0, "proxy")]

    def observe(interaction, scores):
        told.append((interaction.id, len(scores)))

    with rag.open("handbook", embedder=HashEmbedder(), score=score, observe=observe) as kb:
        kb.ingest("docs")
        answer = kb.ask(OIL, tags={"client": "web"})
    (row,), scores = rows(folder)
    assert scores == list(answer.scores) == score(row)
    assert row.tags == {"client": "web"}
    assert told == [(answer.id, 1)]


def test_answers_go_to_another_log_or_nowhere(folder):
    kept = []

    class Kept:
        def append(self, interactions, scores=()):
            kept.extend(interactions)

    with rag.open("handbook", embedder=HashEmbedder(), log=Kept()) as kb:
        kb.ingest("docs")
        answer = kb.ask(OIL)
        with pytest.raises(InputError, match="There is no log to look for"):
            kb.verify(answer.id)
    with rag.open("handbook", embedder=HashEmbedder(), log=False) as kb:
        assert kb.ask(OIL).log_error is None
    assert [item.id for item in kept] == [answer.id]
    assert not (folder / "handbook" / ".rag" / "log.sqlite").exists()


def test_a_log_that_cannot_be_opened_keeps_nobody_from_an_answer(folder):
    (folder / "handbook" / ".rag" / "log.sqlite").mkdir(parents=True)
    with rag.open("handbook", embedder=HashEmbedder()) as kb:
        kb.ingest("docs")
        answer = kb.ask(OIL)
    assert answer.outcome == "answered"
    assert "cannot be opened" in answer.log_error


def test_settings_of_the_file_hold_and_those_of_the_call_are_laid_over_them(folder):
    (folder / "handbook").mkdir()
    (folder / "handbook" / "rag.toml").write_text("[retrieval]\nk = 1\n[drift]\nwindow_days = 3\n")
    with rag.open("handbook", embedder=HashEmbedder()) as kb:
        kb.ingest("docs")
        assert len(kb.search("the")) == 1
    with rag.open("handbook", embedder=HashEmbedder(), settings={"retrieval": {"k": 2}}) as kb:
        assert len(kb.search("the")) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[retreival]\nk = 1\n", r"unknown section \[retreival\]: did you mean 'retrieval'"),
        ("[retrieval]\nkk = 1\n", "unknown key retrieval.kk"),
        ("[retrieval]\nk = 0\n", "retrieval.k is not usable, found 0"),
        ("k = \n", "is not valid TOML"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_when_it_is_opened(folder, text, words):
    (folder / "handbook").mkdir()
    (folder / "handbook" / "rag.toml").write_text(text)
    with pytest.raises(SettingsError, match=words):
        rag.open("handbook")


def test_a_changed_setting_that_does_not_exist_is_told(folder):
    with pytest.raises(SettingsError, match="unknown key retrieval.kk"):
        rag.open("handbook", settings={"retrieval": {"kk": 1}})


def test_a_file_in_place_of_the_folder_is_told(folder):
    (folder / "handbook").write_text("no folder")
    with pytest.raises(WorkspaceError, match="cannot be opened in .*handbook"):
        rag.open("handbook")


@pytest.mark.parametrize("paths", [(), ("nowhere",), ("nowhere", "elsewhere.md")])
def test_nothing_to_ingest_is_told(folder, paths):
    with rag.open("handbook") as kb, pytest.raises(InputError, match="There is nothing to ingest"):
        kb.ingest(*paths)


def test_an_index_made_anew_waits_for_the_golden_cases_that_only_the_command_asks(folder):
    with rag.open("handbook", embedder=HashEmbedder()) as kb:
        kb.ingest("docs")
    (folder / "handbook" / "rag.toml").write_text('[ingest]\ngate_cases = "cases.jsonl"\n[chunking]\nmax_tokens = 50\n')
    with rag.open("handbook", embedder=HashEmbedder()) as kb:
        assert "cases.jsonl, are asked by `rag ingest` alone" in kb.ingest("docs").refused
        assert kb.status().generation == "g1.r1"
        assert kb.ingest("docs", force=True).refused == ""
        assert kb.status().generation.startswith("g2")


@pytest.mark.parametrize("question", ["", " \n", "x" * 20_001])
def test_a_question_that_cannot_be_asked_is_refused_and_not_on_record(kb, folder, question):
    with pytest.raises(InputError, match="question"):
        kb.ask(question)
    with pytest.raises(InputError, match="question"):
        asyncio.run(read(lambda: kb.astream(question)))
    assert rows(folder) == ([], [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"query": " "}, "query is empty"), ({"query": "x", "k": 0}, "k is 0"), ({"query": "x", "where": "a"}, "filter")],
)
def test_a_search_that_cannot_be_done_is_refused(kb, arguments, words):
    with pytest.raises(InputError, match=words):
        kb.search(**arguments)


def test_an_endpoint_that_does_not_answer_is_an_answer_that_failed(folder):
    with rag.open("handbook", embedder=HashEmbedder(), generator=Dead()) as kb:
        kb.ingest("docs")
        answer = kb.ask(OIL)
    assert (answer.outcome, answer.text) == ("failed", "")
    assert answer.error == "No one listens at http://x: start it."
    assert [row.outcome for row in rows(folder)[0]] == ["failed"]


def test_a_follow_up_is_understood_after_what_was_said(kb):
    history = [rag.Turn("user", OIL), rag.Turn("assistant", "Every 500 hours.")]
    answer = kb.ask("And who may ask for it earlier?", history=history)
    assert answer.interaction.question == "And who may ask for it earlier? (lubricating oil changed)"
