"""A text that grows has at each step the sentences that it has at once."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.text.growing import GrowingText
from data.text.sentences import sentence_spans

PIECES = st.sampled_from(
    list("aA1 .!?\n\n|-#`т Г«»\ufeff_[]^)*。”\t")
    + ["e.g. ", "Mr. ", "\n\n", "г. ", "| a | b |\n", "- x\n", "```\n", "~~~\n", "One two. ", "3 4 ", "Yes! "]
    + ["num_ctx", "[1]", "[12", "...", "1. ", "a long line of more than forty characters "]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_a_growing_text_has_at_each_step_the_sentences_it_has_at_once(pieces: list[str]) -> None:
    growing, text = GrowingText(), ""
    for piece in pieces:
        text += piece
        assert growing.sentences(text) == sentence_spans(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(PIECES, st.integers(0, 12)), max_size=40))
def test_what_was_taken_back_leaves_no_trace(steps: list[tuple[str, int]]) -> None:
    growing, text = GrowingText(), ""
    for piece, taken in steps:
        text = text[: max(0, len(text) - taken)] + piece
        assert growing.sentences(text) == sentence_spans(text)


def test_another_text_is_read_anew() -> None:
    growing = GrowingText()
    growing.sentences("It rained. We stayed. They left.")
    assert growing.sentences("It rained! We stayed. They left.") == [(0, 10), (11, 21), (22, 32)]
    assert growing.sentences("") == []


@pytest.mark.parametrize(
    "piece",
    [
        "The ferry leaves at nine. It is 3.5 km long. ",
        "In 2019 100 people paid 12 13 and left. ",
        "A. B. C. D. ",
        "word and word ",
        "A line of more than forty characters that is\nwrapped twice. Then\n",
        "- An item. It has two sentences.\n",
        "今天下雨。我们在家！",
        "| a | b |\n",
    ],
    ids=repr,
)
def test_a_long_text_that_grows_in_small_steps_costs_little_more_than_one_reading(piece: str) -> None:
    text = (piece * 5000)[:60_000]
    growing = GrowingText()
    started = time.process_time()
    for end in range(0, len(text), 30):
        growing.sentences(text[:end])
    assert time.process_time() - started < 3
