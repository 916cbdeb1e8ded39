import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.quality.form import Habits
from eval.quality.knowledge import AnswerRecord, LogKnowledge
from eval.quality.scorer import DIMENSIONS, Scorer
from eval.quality.weights import Weights
from tests.eval.quality.ferry import BESIDE, LANGUAGES, PASSAGES, QUESTION, RIGHT, embed

WITH_VECTORS = Scorer(Weights.read(), embed)
WITH_WORDS = Scorer(Weights.read())
KNOWN = LogKnowledge(habits=Habits(closed=1.0, with_passages=1.0))


def record(answer, language="en"):
    return AnswerRecord(QUESTION[language], answer, PASSAGES[language])


def scores(answer, language="en", scorer=WITH_VECTORS):
    return scorer.score(record(answer, language), KNOWN)


def values(answer, language="en", scorer=WITH_VECTORS):
    return {name: held.value for name, held in scores(answer, language, scorer).dimensions.items()}


@pytest.mark.parametrize("scorer", [WITH_VECTORS, WITH_WORDS])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_beside_the_question_loses_relevance_and_nothing_else(language, scorer):
    right, beside = values(RIGHT[language], language, scorer), values(BESIDE[language], language, scorer)
    assert beside["relevance"] < right["relevance"] - 0.2
    assert beside["support"] == pytest.approx(right["support"], abs=0.02)
    assert (beside["form"], beside["refusal"]) == (right["form"], right["refusal"])


def test_a_changed_figure_loses_support_and_nothing_else():
    right, wrong = values(RIGHT["en"]), values(RIGHT["en"].replace("07:40", "09:15"))
    assert wrong["support"] < right["support"] - 0.05
    assert {name: wrong[name] for name in ("form", "refusal")} == {name: right[name] for name in ("form", "refusal")}


def test_a_cut_answer_loses_form():
    assert scores("The morning ferry leaves Brenna at 07:40 on every").faults == ("cut",)


def test_a_refusal_where_the_passages_hold_the_answer_is_wrong_and_has_no_other_score():
    found = scores("I don't know.")
    assert found.refused and found.dimensions["refusal"].value < 0.5
    assert found.dimensions["relevance"].value is None and "refusal" in found.dimensions["relevance"].reason


def test_a_refusal_where_they_do_not_is_right():
    item = AnswerRecord("Who painted the ceiling of the opera in Paris?", "I don't know.", PASSAGES["en"])
    assert WITH_VECTORS.score(item, KNOWN).dimensions["refusal"].value > 0.5


def test_an_empty_answer_addresses_nothing():
    found = scores(" ")
    assert found.dimensions["relevance"].value == 0.0 and found.quality == 0.0 and not found.refused


def test_without_passages_there_are_reasons_in_place_of_scores():
    found = WITH_VECTORS.score(AnswerRecord(QUESTION["en"], RIGHT["en"], ()), LogKnowledge())
    assert {name for name, held in found.dimensions.items() if held.value is None} == set(DIMENSIONS) - {"form"}
    assert all(held.reason for held in found.dimensions.values() if held.value is None)


def test_the_version_says_whether_vectors_were_there():
    def version(language, scorer):
        return scores(RIGHT[language], language, scorer).dimensions["relevance"].version

    assert "vectors" in version("en", WITH_VECTORS) and "words" in version("en", WITH_WORDS)
    assert "words" in version("ru", WITH_VECTORS)


def test_quality_is_the_product_of_what_is_scored():
    found = scores(RIGHT["en"])
    parts = [found.dimensions[name].value for name in ("relevance", "support", "form")]
    assert found.quality == pytest.approx(parts[0] * parts[1] * parts[2])


@given(st.text(max_size=300), st.text(max_size=80), st.lists(st.text(max_size=200), max_size=3))
@settings(max_examples=60, deadline=None)
def test_every_score_is_a_share_or_has_a_reason_and_is_the_same_again(answer, question, passages):
    item = AnswerRecord(question, answer, tuple(passages))
    found = WITH_VECTORS.score(item, KNOWN)
    for held in found.dimensions.values():
        assert (held.value is None and held.reason) or 0.0 <= held.value <= 1.0
        assert held.version
    assert WITH_VECTORS.score(replace(item), KNOWN) == found


WORST = {
    "spaces": " ",
    "newlines": "\n",
    "dots": ". ",
    "brackets": "[(",
    "citations": "[1]",
    "lenticular": "【1】",
    "fences": "```\n",
    "braces": '{"answer": "',
    "tags": "<think><p ",
    "fields": "a: b\n",
    "quotes": "\"'",
    "stars": "**_",
    "links": "[x](",
    "marks": "?!",
    "one word": "w",
    "negations": "not no ",
    "numbers": "1,2.3 ",
    "sources": "\nSources ",
    "rows": "|a|b|\n",
    "items": "- a\n",
    "sentences": "passage ferry Moen. ",
}


@pytest.mark.parametrize("name", WORST)
def test_a_megabyte_of_the_worst_characters_is_scored_in_seconds(name):
    text = (WORST[name] * 1_000_000)[:1_000_000]
    begun = time.process_time()
    WITH_WORDS.score(AnswerRecord(QUESTION["en"], text + "x", (*PASSAGES["en"], text)), KNOWN)
    assert time.process_time() - begun < 10.0
