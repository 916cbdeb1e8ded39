"""A knowledge base that is closed, shared by threads, and used on an event loop."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import rag
from data.errors import InputError, WorkspaceError
from data.records import Draft
from tests.fakes import HashEmbedder
from tests.rag.knowledge_base.handbook import OIL, read, rows

ROOT = Path(__file__).resolve().parents[3]


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
