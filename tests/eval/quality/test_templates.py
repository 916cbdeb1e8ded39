import pytest

from eval.quality.templates import find_paths, find_templates

NOUNS = [
    "harbour",
    "lift",
    "museum",
    "bakery",
    "library",
    "castle",
    "tunnel",
    "meadow",
    "bridge",
    "chapel",
    "garden",
    "market",
]
ANSWERS = [f"The {noun} opens at {at + 6} and costs {at + 2} crowns." for at, noun in enumerate(NOUNS)]
QUESTIONS = [f"When does the {noun} open?" for noun in NOUNS]


def rows(dress, answers=ANSWERS, questions=QUESTIONS):
    return [(question, dress(answer), (answer,)) for question, answer in zip(questions, answers, strict=True)]


def test_a_sentence_that_recurs_over_questions_is_a_template():
    assert list(find_templates(rows(lambda text: f"{text} Stay curious, traveller!")).sentences) == [
        "stay curious , traveller !"
    ]


def test_a_lead_in_is_a_head_and_an_afterthought_a_tail():
    assert "in brief :" in find_templates(rows(lambda text: f"In brief: {text}")).heads
    assert "— says the oracle ." in find_templates(rows(lambda text: f"{text[:-1]} — says the oracle.")).tails


def test_a_frame_without_a_mark_counts_where_many_questions_got_it():
    dressed = rows(lambda text: f"I gather {text[0].lower()}{text[1:]}")
    others = [(f"{question} And the {noun}?", *rest) for noun in NOUNS for question, *rest in rows(str)]
    assert "i gather" in find_templates(dressed).heads
    assert "i gather" not in find_templates(dressed + others).heads


def test_what_stands_in_answers_to_one_question_is_none():
    same = ["When does the harbour open?"] * len(ANSWERS)
    assert find_templates(rows(lambda text: f"In brief: {text} Stay curious!", questions=same)) == find_templates([])


def test_what_the_passages_say_is_none():
    said = "The council of Kallvik decides."
    repeated = [(question, f"{answer} {said}", (answer, said)) for question, answer, _ in rows(str)]
    assert not find_templates(repeated).sentences


def test_a_sentence_that_is_the_whole_answer_or_refuses_is_none():
    assert not find_templates([(question, "All is well.", ()) for question in QUESTIONS]).sentences
    assert "i don't know ." not in find_templates(rows(lambda text: "I don't know. Ask at the gate.")).sentences


def test_a_sentence_that_declines_something_beside_an_answer_is_a_template():
    assert find_templates(rows(lambda text: f"{text} I don't know more.")).sentences == {"i don't know more .": 12}


def test_a_label_is_told_from_a_lead_in():
    found = find_templates(rows(lambda text: f"Reply: {text}\nMood: {text.split()[1][::-1]}"))
    assert "reply :" in found.heads - found.labels and "mood :" in found.labels


@pytest.mark.parametrize("dress", [str, lambda text: f"{text} Also, it is open in winter."])
def test_answers_as_they_come_have_no_frames(dress):
    assert not find_templates(rows(dress)).heads


def test_the_path_of_structured_answers_is_learned():
    assert find_paths(rows(lambda text: f'{{"n": "en", "b": {{"c": "{text}"}}}}')) == frozenset({"b.c"})
    assert find_paths(rows(str)) == frozenset()
