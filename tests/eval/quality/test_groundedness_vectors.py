"""The numbers that vectors give a claim, in the measurement that tried them beside the lexical ones."""

import numpy as np
import pytest

from benchmarks.groundedness_vectors import FEATURES, Texts, half, measure
from tests.fakes import HashEmbedder

PASSAGE = ("The ferry leaves Brenna at noon.", "It carries two dogs and a goat.")
QUESTION = "When does the ferry leave Brenna?"


def measured(*claims):
    texts = [*claims, *PASSAGE, QUESTION]
    vector = dict(zip(texts, HashEmbedder(512).embed(texts).astype(float), strict=True))
    return measure(Texts(claims, (PASSAGE,), QUESTION), vector)


def test_a_sentence_of_the_passages_lies_wholly_in_them_and_an_invented_one_does_not():
    quoted, invented = measured(PASSAGE[0], "Polar bears invented modern bookkeeping.")
    assert quoted[[0, 1, 3]] == pytest.approx(0, abs=1e-3)
    assert invented[[0, 1, 3]].min() > 0.5
    assert quoted.size == len(FEATURES)


def test_a_claim_made_of_two_neighbouring_sentences_is_near_to_both_together():
    (joined,) = measured(" ".join(PASSAGE))
    assert joined[1] < joined[0] / 2


def test_a_question_is_always_in_the_same_half_and_both_halves_are_used():
    halves = [half(str(number)) for number in range(200)]
    assert halves == [half(str(number)) for number in range(200)]
    assert 60 < halves.count("confirm") < 140
    assert np.unique(halves).tolist() == ["choose", "confirm"]
