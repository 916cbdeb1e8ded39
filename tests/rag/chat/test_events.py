"""Events as dicts: the same answers as through the library's models, whatever a server leaves out."""

import pytest
from langchain_core.messages import AIMessageChunk
from langchain_openai import ChatOpenAI

from rag.chat.events import text_alone, whole
from rag.chat.model import _reasoning_model

DELTA = {"choices": [{"index": 0, "delta": {"content": "One"}}]}


def test_a_whole_event_stays_as_it_is():
    assert whole(DELTA) is DELTA


@pytest.mark.parametrize("event", [[], "text", None, 7, {"choices": None}, {}, {"choices": "x"}])
def test_what_holds_no_choices_is_an_empty_event(event):
    assert whole(event)["choices"] == []


def test_a_choice_without_a_delta_gets_none():
    assert whole({"id": "x", "choices": [{"index": 0}, "nonsense"]}) == {
        "id": "x",
        "choices": [{"delta": None, "index": 0}],
    }


@pytest.mark.parametrize(
    ("delta", "more", "expected"),
    [
        ({"content": "One "}, {}, "One "),
        ({"role": "assistant", "content": ""}, {}, ""),
        ({"content": "One", "refusal": None, "tool_calls": []}, {}, "One"),
        ({"content": "One", "reasoning_content": "Hm."}, {}, None),
        ({"content": None, "reasoning": "Hm."}, {}, None),
        ({"content": "One"}, {"usage": {"prompt_tokens": 1}}, None),
        ({"content": "One", "role": "tool"}, {}, None),
    ],
)
def test_an_event_of_text_alone_is_told_from_one_that_holds_more(delta, more, expected):
    assert text_alone({"choices": [{"index": 0, "delta": delta, "finish_reason": None}], **more}) == expected


def test_an_event_that_ends_the_answer_holds_more_than_text():
    assert text_alone({"choices": [{"delta": {"content": "."}, "finish_reason": "stop"}]}) is None
    assert text_alone({"choices": []}) is None


def test_text_alone_becomes_what_langchain_makes_of_it():
    model = _reasoning_model()(model="m", api_key="none", base_url="http://127.0.0.1:9/v1")
    event = {"id": "1", "choices": [{"index": 0, "delta": {"content": "One "}, "finish_reason": None}]}
    ours, theirs = (
        made._convert_chunk_to_generation_chunk(model, event, AIMessageChunk, {}) for made in (type(model), ChatOpenAI)
    )
    assert ours == theirs
