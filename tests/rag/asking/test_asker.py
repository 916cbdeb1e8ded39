import threading

import pytest

from data.errors import InputError, SilentDriftError, WorkspaceError
from data.records import NOT_ON_RECORD, Answer, Draft, Score
from rag.answer.follow_up import Turn
from rag.asking.log_writer import LogWriter
from rag.asking.question import new_question
from rag.asking.stages import ImmediateStages
from rag.errors import EndpointUnreachable
from tests.rag.asking.conftest import Rows

QUESTION = "How often is the lubricating oil changed?"


class Dead:
    id = "dead"
    prompt_version = "1"

    def generate(self, question, hits):
        raise EndpointUnreachable("No one listens at http://x: start it.")


class Streaming:
    """Writes one sentence word by word, and notes in which thread."""

    id = "streaming"
    prompt_version = "1"

    def stream(self, question, hits):
        words = ["The", "lubricating", "oil", "is", "changed", "every", "500", "hours", "[k7f2]."]
        for count in range(1, len(words) + 1):
            yield Draft(" ".join(words[:count]), {"k7f2": hits[0].chunk.id}, model="m-2", completion_tokens=9)


def scored(interaction):
    return [Score(interaction.id, "length", float(len(interaction.answer or "")), "proxy")]


def test_an_answer_is_cited_scored_and_on_record(asking):
    log = Rows()
    answer = asking(log=log, score=scored).ask(QUESTION, tags={"client": "web"})
    (row,) = log.interactions
    assert (answer.outcome, answer.citations[0].source.split("/")[-1]) == ("answered", "oil.md")
    assert (row, row.id, row.answer) == (answer.interaction, answer.id, answer.text)
    assert (row.tags, row.fingerprint.chat_model, row.error) == ({"client": "web"}, "extractive", None)
    assert row.question_vector and row.answer_vector
    assert log.scores == list(answer.scores) == scored(row)
    assert set(row.latency_ms) >= {"embed", "retrieve", "generate", "total"}


def test_without_log_and_score_nothing_is_added_to_the_record(asking):
    answer = asking().ask(QUESTION)
    assert (answer.scores, answer.log_error, answer.interaction.answer_vector) == ((), None, None)
    assert answer.interaction != NOT_ON_RECORD


def test_a_dead_endpoint_is_an_answer_that_failed_and_is_on_record(asking):
    log = Rows()
    answer = asking(Dead(), log=log).ask(QUESTION)
    assert (answer.outcome, answer.text) == ("failed", "")
    assert answer.error == log.interactions[0].error == "No one listens at http://x: start it."
    assert log.interactions[0].answer is None


def test_a_search_that_failed_is_on_record_and_is_raised(asking, monkeypatch):
    log = Rows()
    asker = asking(log=log)

    def broken(*given, **named):
        raise SilentDriftError("The vectors are gone.")

    monkeypatch.setattr(asker.retriever, "search", broken)
    with pytest.raises(SilentDriftError, match="vectors are gone"):
        asker.ask(QUESTION)
    assert [(row.outcome, row.error) for row in log.interactions] == [("failed", "The vectors are gone.")]


def test_a_log_that_takes_nothing_is_told_with_the_answer_and_costs_nobody_one(asking):
    answer = asking(log=Rows(WorkspaceError("The disk is full."))).ask(QUESTION)
    assert (answer.outcome, answer.log_error) == ("answered", "The disk is full.")


def test_what_watches_is_told_of_every_answer(asking):
    told = []
    asking(score=scored, observe=lambda row, scores: told.append((row.id, len(scores)))).ask(QUESTION)
    assert [count for _, count in told] == [1]


def test_an_answer_that_is_completed_later_is_handed_over_as_it_is(asking):
    log, kept = Rows(), []
    asker = asking(log=log, score=scored, later=kept.append)
    answer = asker.ask(QUESTION)
    assert (kept, log.interactions, answer.scores) == ([answer.interaction], [], ())
    completed, scores = asker.writer.complete(kept[0])
    assert completed.answer_vector and scores == tuple(scored(answer.interaction))


def test_an_embedder_that_fails_costs_the_vector_and_not_the_record(asking):
    def broken(text):
        raise SilentDriftError("No weights.")

    answer = asking().ask(QUESTION)
    completed, scores = LogWriter(broken, score=scored).complete(answer.interaction)
    assert (completed, scores) == (answer.interaction, tuple(scored(answer.interaction)))


def test_pieces_joined_are_the_text_of_the_answer_at_the_end(asking):
    *pieces, answer = asking(Streaming(), log=Rows()).pieces(new_question(QUESTION))
    assert isinstance(answer, Answer)
    assert "".join(pieces) == answer.text == "The lubricating oil is changed every 500 hours [1]."
    assert (answer.interaction.fingerprint.chat_model, answer.interaction.tokens) == ("m-2", {"completion": 9})


def test_each_stage_is_done_where_its_stages_say(asking):
    done = []

    class Noted(ImmediateStages):
        def search(self, work):
            done.append("search")
            return work()

        def aside(self, work):
            done.append("aside")
            return work()

        def finish(self, work):
            done.append("finish")
            return work()

    list(asking(Streaming()).pieces(new_question(QUESTION), stages=Noted()))
    assert done == ["search", "aside", "finish"]


def test_a_follow_up_is_searched_and_on_record_as_it_stands_alone(asking):
    history = [Turn("user", QUESTION), Turn("assistant", "Every 500 hours.")]
    answer = asking(log=Rows()).ask("And who may ask for it earlier?", history=history)
    assert answer.interaction.question == "And who may ask for it earlier? (lubricating oil changed)"
    assert answer.interaction.tags == {"asked_as": "And who may ask for it earlier?"}


@pytest.mark.parametrize(("text", "words"), [(" \n", "question is empty"), ("a" * 20_001, "20,001 characters")])
def test_an_empty_and_an_absurdly_long_question_are_refused_and_not_on_record(asking, text, words):
    log = Rows()
    with pytest.raises(InputError, match=words):
        asking(log=log).ask(text)
    assert log.interactions == []


def test_many_threads_may_ask_one_asker(asking):
    log, answers = Rows(), []
    asker = asking(log=log)
    threads = [threading.Thread(target=lambda: answers.append(asker.ask(QUESTION))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.id for answer in answers}) == len(log.interactions) == 8
    assert len({answer.text for answer in answers}) == 1
