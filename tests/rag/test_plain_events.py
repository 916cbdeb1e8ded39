"""Events as dicts: the same answers as through the library's models, whatever a server leaves out."""

import pytest

from rag.plain_events import whole

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
