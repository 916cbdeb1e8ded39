"""What clients send becomes a question and what was said before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records import Citation
from pipelines.serve.completions import footnotes
from pipelines.serve.conversation.footnotes import without_footnotes
from pipelines.serve.conversation.templates import asked_in
from pipelines.serve.conversation.turns import LONGEST, UnreadableMessage, read_turns
from pipelines.serve.wire import ChatRequest

OIL = "How often is the oil changed?"


def read(*messages):
    return read_turns(ChatRequest(messages=list(messages)).messages)


def user(content):
    return {"role": "user", "content": content}


def citation(quote, source="a.md"):
    return Citation(1, "c", source, 2, 0, 3, quote, True)


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": "data:"}},
        {"type": "input_audio", "input_audio": {"data": ""}},
        {"type": "refusal", "refusal": "No."},
        {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
        {"type": "file", "text": 5},
        {"type": "tool_use", "id": 1, "input": {}},
        {},
    ],
)
def test_parts_other_than_text_are_passed_over_in_earlier_turns_and_refused_in_the_last(part):
    said = [user([{"type": "text", "text": "Look."}, part]), {"role": "assistant", "content": [part, "A pump."]}]
    turns = read(*said, user(OIL))
    assert [turn.text for turn in turns.earlier] == ["Look.", "A pump."]
    assert (turns.question, turns.flags) == (OIL, ("parts_passed_over:2",))
    with pytest.raises(UnreadableMessage, match=f"'{part.get('type', '')}' cannot be read") as caught:
        read(*said, user([{"type": "text", "text": OIL}, part]))
    assert caught.value.param == "messages.2.content"


def test_all_kinds_of_text_are_text():
    assert (
        read({"role": "assistant", "content": [{"type": "output_text", "text": "A."}]}, user("B")).earlier[0].text
        == "A."
    )
    assert read(user([{"type": "input_text", "text": "One"}, {"type": "text", "text": "two?"}])).question == "One\ntwo?"


def test_what_follows_the_question_of_the_user_is_no_part_of_it():
    turns = read(
        user("First?"), {"role": "assistant", "content": "Yes."}, user(OIL), {"role": "assistant", "content": "H"}
    )
    assert (turns.question, [turn.role for turn in turns.earlier]) == (OIL, ["user", "assistant"])


def test_half_characters_of_a_client_are_mended():
    turns = read(user("Well \ud83d"), user("Why \ud83d\ude00 \ude00?"))
    assert (turns.earlier[0].text, turns.question) == ("Well \ufffd", "Why 😀 \ufffd?")


def test_of_a_long_message_the_beginning_is_read():
    turns = read({"role": "assistant", "content": "x" * 900_000}, user(OIL))
    assert len(turns.earlier[0].text) == LONGEST


TEMPLATE = "### Task:\nRespond to the user query using the provided context, incorporating inline citations.\n\n"
CONTEXT = '<context>\n<source id="1">Is this a question? Query: none</source>\n</context>\n\n'


@pytest.mark.parametrize(
    "text",
    [
        f"{TEMPLATE}{CONTEXT}<user_query>\n{OIL}\n</user_query>",
        f"{TEMPLATE}{CONTEXT}{OIL}",
        f"{TEMPLATE}### Guidelines:\n- Be brief.\n\n### Output:\nAnswer.\n\n{CONTEXT}\n{OIL}\n",
        f"Use the following context as your learned knowledge, inside <context></context> XML tags.\n{CONTEXT}"
        f"Given the context information, answer the query.\nQuery: {OIL}",
        f"### Task: Respond to the user query using the provided context, and so on. {OIL}",
        f"{OIL}\n\n<!-- SYSTEM CONTEXT (NOT PART OF USER QUERY) -->\n<files_info>x</files_info>",
        OIL,
    ],
)
def test_the_question_in_a_template_of_context_is_found(text):
    assert asked_in(text) == OIL


def test_a_template_without_a_question_says_what_to_switch_off():
    with pytest.raises(UnreadableMessage, match="switch its own search off"):
        read(user(TEMPLATE))


def test_footnotes_are_no_part_of_what_was_said_and_else_nothing_is_taken():
    text = "It is 8 kg [1].\n\nThat is all."
    noted = text + footnotes((citation("one\ntwo (three)"), citation("x", "b.pdf")))
    assert without_footnotes(noted) == without_footnotes(noted + "\n") == text
    for kept in (text, "[1] x", "A.\n\n[1] see below", "A.\n\nNearest documents:", f"{noted}\n\nBye.", ""):
        assert without_footnotes(kept) == kept


@given(st.text(alphabet="[]1 \n“(xN", max_size=60))
def test_what_is_left_of_an_answer_is_its_beginning(text):
    assert text.startswith(without_footnotes(text))
