import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import rag
from data.errors import InputError, SettingsError, WorkspaceError
from data.log import InteractionLog
from data.records import Draft, Score
from rag.errors import EndpointUnreachable, NoIndexError
from tests.fakes import HashEmbedder

ROOT = Path(__file__).resolve().parents[3]
OIL = "How often is the lubricating oil changed?"
TEXTS = {
    "oil.md": "# Oil\n\nThe lubricating oil is changed every 500 hours. The engineer may ask for it earlier.\n",
    "luggage.md": "# Luggage\n\nEach passenger may take one bag of up to 8 kg on board. A second bag costs €15.\n",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A current folder with documents in docs/."""
    (tmp_path / "docs").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def kb(folder):
    with rag.open("handbook", embedder=HashEmbedder()) as opened:
        opened.ingest("docs/")
        yield opened


def rows(folder):
    log = InteractionLog.at_path(folder / "handbook" / ".rag" / "log.sqlite")
    try:
        return list(log.read()), log.scores()
    finally:
        log.close()


class Dead:
    id = "dead"
    prompt_version = "1"

    def generate(self, question, hits):
        raise EndpointUnreachable("No one listens at http://x: start it.")


class Streaming:
    """Writes two sentences word by word; waits before the second until it is let go."""

    id = "streaming"
    prompt_version = "1"

    def __init__(self):
        self.go = threading.Event()
        self.go.set()

    def generate(self, question, hits):
        return list(self.stream(question, hits))[-1]

    def stream(self, question, hits):
        text = "The lubricating oil is changed every 500 hours [k7f2]. The engineer may ask for it earlier [k7f2]."
        words = text.split()
        for count in range(1, len(words) + 1):
            if count == 16:
                self.go.wait(20)
            yield Draft(" ".join(words[:count]), {"k7f2": hits[0].chunk.id})


def test_a_folder_is_made_with_its_settings_when_there_is_none(folder):
    with rag.open("new/handbook") as kb:
        assert repr(kb) == "<KnowledgeBase 'new/handbook'>"
        with pytest.raises(NoIndexError, match="run `rag ingest PATH` first"):
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


def test_a_closed_knowledge_base_says_so_and_may_be_closed_again(kb):
    kb.close()
    kb.close()
    assert repr(kb) == "<KnowledgeBase 'handbook', closed>"
    for use in (lambda: kb.ask(OIL), lambda: kb.search("oil"), lambda: kb.ingest("docs"), kb.status):
        with pytest.raises(WorkspaceError, match="handbook is closed: open it again with rag.open"):
            use()
    with pytest.raises(WorkspaceError, match="is closed"):
        asyncio.run(kb.aask(OIL))
    with pytest.raises(WorkspaceError, match="is closed"):
        asyncio.run(read(lambda: kb.astream(OIL)))


def test_to_close_waits_for_answers_under_way(folder):
    generator = Streaming()
    generator.go.clear()
    kb = rag.open("handbook", embedder=HashEmbedder(), generator=generator)
    kb.ingest("docs")
    heard = []

    async def first_piece():
        async for piece in kb.astream(OIL):
            heard.append(piece)
            break

    asyncio.run(first_piece())
    closing = threading.Thread(target=kb.close)
    closing.start()
    generator.go.set()
    closing.join(20)
    assert heard and not closing.is_alive()
    assert [row.outcome for row in rows(folder)[0]] == ["answered"]


def test_threads_share_one(kb, folder):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(kb.ask(OIL))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.id for answer in answers}) == len(rows(folder)[0]) == 8
    assert len({answer.text for answer in answers}) == 1


async def read(begin):
    stream = begin()
    return [piece async for piece in stream], stream


def test_an_event_loop_asks_searches_and_hears_pieces(folder):
    async def use(kb):
        answers = await asyncio.gather(*(kb.aask(OIL) for _ in range(20)))
        hits = await kb.asearch("bag", k=1)
        return answers, hits, await read(lambda: kb.astream(OIL))

    with rag.open("handbook", embedder=HashEmbedder(), generator=Streaming()) as kb:
        kb.ingest("docs")
        with pytest.raises(InputError, match="not at its end yet"):
            asyncio.run(unread(kb))
        answers, hits, (pieces, stream) = asyncio.run(use(kb))
    assert len({answer.id for answer in answers}) == 20
    assert hits[0].chunk.source == "docs/luggage.md"
    assert len(pieces) > 1
    assert "".join(pieces) == stream.answer.text == answers[0].text
    assert stream.answer.citations and stream.answer.id


async def unread(kb):
    return kb.astream(OIL).answer


def test_an_index_is_not_loaded_to_open_and_nobody_is_asked_over_the_network(folder):
    code = """
import socket, sys
def refused(*given): raise AssertionError("the network was asked")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refused
import rag
kb = rag.open("handbook")
print([name for name in ("chromadb", "onnxruntime", "torch", "langchain_core") if name in sys.modules])
kb.ingest("docs")
kb.ask("How often is the lubricating oil changed?")
kb.close()
print([name for name in ("torch", "langchain_core", "evidently") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"PATH": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n[]\n", "")
