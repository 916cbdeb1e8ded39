import json

import pytest

from eval.quality.fields import Field, answer_field, read_fields, without_markup
from tests.eval.quality.ferry import PASSAGES, QUESTION, RIGHT

ANSWER = RIGHT["en"]


def chosen(text, **known):
    found = answer_field(read_fields(text), QUESTION["en"], PASSAGES["en"], **known)
    return found.text if found else None


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"answer": ANSWER, "confidence": 0.9}),
        json.dumps({"zz": ANSWER, "yy": "en", "xx": "short words"}),
        json.dumps(
            {"query": QUESTION["en"], "data": {"body": ANSWER, "docs": ["a", "b"]}, "evidence": PASSAGES["en"][0]}
        ),
        json.dumps({"choices": [{"message": {"role": "assistant", "words": ANSWER}}]}),
        json.dumps([{"said": ANSWER}]),
        json.dumps({"parts": [{"kind": "txt", "v": ANSWER}, {"kind": "ref", "v": "ferry timetable 2"}]}),
        f"```json\n{json.dumps({'said': ANSWER})}\n```",
        json.dumps({"said": ANSWER, "more": "x"})[:-4],
        f"<reply id='7'><body>{ANSWER}</body></reply>",
        f"<out><cite>ferry.md</cite><said><![CDATA[{ANSWER}]]></said></out>",
        f"<out><question>{QUESTION['en']}</question><said>{ANSWER.replace('leaves', '<b>leaves</b>')}</said></out>",
    ],
)
def test_the_answer_is_found_in_a_structure_whatever_its_field_is_called(text):
    assert " ".join(chosen(text).split()) == ANSWER


def test_sentences_in_a_list_are_one_answer():
    assert (
        chosen(json.dumps({"answer": ["It leaves at 07:40.", "Dogs travel free."]}))
        == "It leaves at 07:40.\nDogs travel free."
    )


def test_a_known_path_is_followed_where_another_field_says_more():
    text = json.dumps({"said": "At noon.", "more": ANSWER})
    assert chosen(text, known=frozenset({"said"})) == "At noon."


@pytest.mark.parametrize(
    "text", [ANSWER, "", "{", "[", "<", "{not json}", "<p>Only layout</p>", "7 < 9 and 9 > 7", "[1] It leaves."]
)
def test_a_text_is_no_structure(text):
    assert chosen(text) is None


def test_tags_and_entities_of_layout_are_taken_off_and_blocks_are_lines():
    assert without_markup("<div><p>Dogs &amp; <b>cats</b></p><p>travel</p></div>").split() == [
        "Dogs",
        "&",
        "cats",
        "travel",
    ]
    assert without_markup("7 < 9 and 9 > 7") == "7 < 9 and 9 > 7"


def test_deep_nesting_is_read_to_its_end_or_not_at_all():
    assert read_fields("[" * 100_000) == [] and read_fields("<a>" * 100_000) == []
    assert all(isinstance(field, Field) for field in read_fields('{"a":' * 500 + '"b"' + "}" * 500))
