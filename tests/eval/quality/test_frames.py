import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.quality.frames import heads, tails, whole

NOTHING = frozenset()


def shapes(frames):
    return [frame.shape for frame in frames]


def test_what_varies_is_a_slot():
    assert "[ # ] @ :" in shapes(heads("[2026-11-29 10:41] Anna Berg: The ferry leaves.", NOTHING))
    assert "( @ )" in shapes(tails("The ferry leaves (ferry_times.md)", NOTHING))


def test_a_word_of_the_question_is_a_slot_and_a_word():
    found = shapes(heads("In short: it leaves at noon.", frozenset({"short"})))
    assert "in @ :" in found and "in short :" in found


def test_each_word_of_a_marked_frame_may_vary():
    assert {"mood = weary |", "mood = @ |", "@ = weary |"} <= set(shapes(heads("mood = weary | It leaves.", NOTHING)))


def test_an_edge_without_a_mark_is_told():
    edges = {frame.shape: frame.edge for frame in heads("In short: it leaves.", NOTHING)}
    assert edges["in"] == "" and edges["in short :"] == ":"


def test_items_of_lists_and_citations_are_no_frames():
    assert "-" not in shapes(heads("- It leaves", NOTHING)) and "# ." not in shapes(heads("1. It leaves", NOTHING))
    assert "[ # ]" not in shapes(tails("It leaves [1]", NOTHING))


def test_a_tail_has_its_brackets_and_leaves_the_full_stop():
    found = shapes(tails("It leaves. | eot (7)", NOTHING))
    assert "| eot ( # )" in found and not {")", "# )", ". | eot ( # )"} & set(found)


def test_a_bracket_left_open_is_named():
    assert heads(r"\boxed{It leaves}", NOTHING)[-1].unclosed in ("}", "")
    assert {frame.unclosed for frame in heads(r"\boxed{It leaves}", NOTHING) if frame.shape.endswith("{")} == {"}"}


def test_a_whole_sentence_has_one_shape_for_all_names_and_numbers():
    assert set(shapes(whole("Ticket #7 for Anna", NOTHING))) & set(shapes(whole("Ticket #81 for Boris", NOTHING)))


@given(st.text(max_size=200))
def test_something_is_left_beside_a_frame(text):
    assert all(0 < frame.at < len(text) for frame in heads(text, NOTHING))
    assert all(0 <= frame.at < len(text) for frame in tails(text, NOTHING))


@pytest.mark.parametrize("frames", [heads, tails])
def test_an_endless_sentence_has_few_frames(frames):
    assert len(frames("word, " * 100_000, NOTHING)) < 400
