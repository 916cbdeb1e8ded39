"""What somebody waits for comes before what nobody waits for."""

import threading
from contextlib import contextmanager

import pytest

from data.errors import SilentDriftError
from pipelines.serve.workers import Workers
from rag.asking.question import new_question
from rag.chat.turns import shared_turns
from tests.pipelines.serve.conftest import copied, serving
from tests.waiting import until


@pytest.fixture
def under_way(monkeypatch):
    """The urgent things that are under way."""
    found, urgent = [], shared_turns().urgent

    @contextmanager
    def counted():
        with urgent():
            found.append("urgent")
            yield
            found.pop()

    monkeypatch.setattr(shared_turns(), "urgent", counted)
    return found


def test_to_begin_and_to_end_an_answer_is_urgent_and_to_write_it_is_not(served, monkeypatch, under_way):
    asker, noted = served.service.collections["default"].asker(), {}

    def watch(part, stage):
        original = getattr(part, stage)

        def watched(*given, **named):
            noted[stage] = bool(under_way)
            return original(*given, **named)

        monkeypatch.setattr(part, stage, watched)

    watch(asker.retriever, "search")
    watch(asker.generator, "generate")
    watch(asker.writer, "write")

    assert served.ask(stream=True).status_code == 200

    assert noted == {"search": True, "generate": False, "write": True}
    until(lambda: not under_way)


def test_an_answer_is_scored_when_no_question_is_searched_for(demo_workspace, tmp_path, monkeypatch):
    searched, looked, under_way = threading.Event(), [], Workers.under_way.fget
    with serving(copied(demo_workspace, tmp_path / "work")) as running:
        running.journal.gives_way_s = 600
        running.service.search.submit(lambda: searched.wait(60))
        assert running.ask().status_code == 200
        monkeypatch.setattr(Workers, "under_way", property(lambda pool: looked.append(pool) or under_way(pool)))
        until(lambda: len(looked) > 2)
        assert running.journal.waiting == 1
        searched.set()
        until(lambda: running.journal.waiting == 0)
        assert running.log.scores()


def test_passages_are_judged_by_a_thread_that_has_the_index_open(written, monkeypatch):
    retriever, judged_by = written.service.collections["default"].asker().retriever, []
    suspicion = retriever.suspicion

    def noted(hits):
        judged_by.append(threading.current_thread().name)
        return suspicion(hits)

    monkeypatch.setattr(retriever, "suspicion", noted)

    assert written.ask(stream=True).status_code == 200

    until(lambda: any(name.startswith("search") for name in judged_by))


def test_a_search_that_failed_is_on_record_under_the_name_of_the_answer(demo_workspace, tmp_path, monkeypatch):
    with serving(copied(demo_workspace, tmp_path / "work")) as running:
        asker = running.service.collections["default"].asker()

        def broken(*given, **named):
            raise SilentDriftError("The vectors are gone.")

        monkeypatch.setattr(asker.retriever, "search", broken)
        with pytest.raises(SilentDriftError, match="vectors are gone"):
            list(asker.pieces(new_question("How often is the lubricating oil changed?", name="n1")))
        assert running.log.get("n1").error == "The vectors are gone."
