import pytest

from data.errors import InputError
from data.records import Answer
from rag.asking.conversation import Conversation
from rag.errors import EndpointUnreachable

QUESTION = "How often is the lubricating oil changed?"


class Dead:
    id = "dead"
    prompt_version = "1"

    def generate(self, question, hits):
        raise EndpointUnreachable("No one listens at http://x: start it.")


def last(parts):
    *_, answer = parts
    assert isinstance(answer, Answer)
    return answer


def test_a_question_is_understood_after_those_before_it(asking):
    conversation = Conversation(asking())
    first = last(conversation.ask(QUESTION))
    second = last(conversation.ask("And who may ask for it earlier?", streaming=False))
    assert second.interaction.question == "And who may ask for it earlier? (lubricating oil changed)"
    assert [turn.text for turn in conversation.turns][:2] == [QUESTION, first.text]
    assert len(conversation.turns) == 4


def test_what_failed_or_was_not_heard_to_its_end_was_not_said(asking):
    conversation = Conversation(asking(Dead()))
    last(conversation.ask(QUESTION))
    heard = conversation.ask(QUESTION)
    next(heard)
    heard.close()
    assert conversation.turns == []


def test_an_empty_question_is_refused(asking):
    with pytest.raises(InputError, match="question is empty"):
        last(Conversation(asking()).ask(" "))
