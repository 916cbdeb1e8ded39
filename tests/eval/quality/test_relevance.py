import numpy as np
import pytest

from eval.quality.drawn import draws, read_ground
from eval.quality.relevance import FEATURES, relevance, type_fits
from tests.eval.quality.ferry import BESIDE, LANGUAGES, PASSAGES, QUESTION, RIGHT, embed


def features(answer, language="en", embed=embed):
    ground = read_ground(QUESTION[language], PASSAGES[language])
    found = relevance(QUESTION[language], ground, draws(answer, ground), embed)
    return dict(zip(FEATURES, found.features or (), strict=bool(found.features)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_that_answers_is_the_best_there_and_one_beside_the_question_is_not(language):
    right, beside = features(RIGHT[language], language), features(BESIDE[language], language)
    assert (right["margin"], right["rank"], right["word_margin"]) == (0.0, 1.0, 0.0)
    assert beside["margin"] < 0 and beside["rank"] < 1 and beside["word_margin"] < 0


@pytest.mark.parametrize("greeting", ["Hello Anna! ", "You asked: When does the ferry leave Brenna? "])
def test_what_draws_on_nothing_moves_nothing_but_the_mean(greeting):
    plain, dressed = features(RIGHT["en"]), features(greeting + RIGHT["en"])
    assert {name: dressed[name] for name in ("margin", "rank", "best", "word_margin")} == {
        name: plain[name] for name in ("margin", "rank", "best", "word_margin")
    }


def test_without_vectors_the_features_of_vectors_are_zero():
    assert set(list(features(RIGHT["en"], embed=None).values())[:4]) == {0.0}


def test_an_answer_that_draws_on_nothing_is_unscored_with_the_reason_but_the_passages_are_judged():
    ground = read_ground(QUESTION["en"], PASSAGES["en"])
    found = relevance(QUESTION["en"], ground, draws("Volcanoes erupt.", ground), embed)
    assert found.features is None and "draws on no sentence" in found.reason and len(found.holds) == 4


def test_no_passages_is_a_reason():
    assert "no passage text" in relevance("q", read_ground("q", ()), [], embed).reason


def test_a_question_for_a_time_wants_a_sentence_with_one():
    fits = type_fits(QUESTION["en"], read_ground(QUESTION["en"], PASSAGES["en"]))
    assert list(fits) == [1.0, -1.0, 1.0, 1.0, 1.0, -1.0]  # 07:40, -, 1998, July, 18:00, -


def test_the_question_is_embedded_as_one():
    asked = []

    def told(texts, *, query):
        asked.append((query, len(texts)))
        return np.ones((len(texts), 2), np.float32)

    ground = read_ground(QUESTION["en"], PASSAGES["en"])
    relevance(QUESTION["en"], ground, draws(RIGHT["en"], ground), told)
    assert asked == [(False, 6), (True, 1)]
