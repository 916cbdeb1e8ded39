"""Losses planted into records: each changes what it says, keeps who asked what, and is named by its cause."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records import ABSTENTION, Citation, Context
from drift.drill.faults import FAULTS
from drift.drill.losses import LOSSES
from drift.drill.planted import RecordedExchange

BY_NAME = {fault.name: fault for fault in FAULTS}
TEXTS = (
    "The Old Mill was built by Anna Berg in 1921. It is open on 12 days a year. "
    "Children pay Emma Quist 3 crowns at the gate.",
    "The New Pier was built by Carl Lund in 1954, and it is 90 metres long. "
    "Boats of Olaf Strand may stay for 6 hours. Dogs are free.",
)
ANSWERS = (
    "It is said that the Old Mill was built by Anna Berg in 1921, a year of 12 storms and very much rain [1].",
    "It is said that the New Pier was built by Carl Lund in 1954, and it is 90 metres long in all [1].",
)


@pytest.fixture
def items(build):
    """Records about two matters; each answer cites the passage that it was made from."""
    found = []
    for n, item in enumerate(build("w", 40).interactions):
        context = Context(f"c{n % 2}", f"doc{n % 2}.md", 0.9, TEXTS[n % 2], f"h{n % 2}")
        quote = TEXTS[n % 2].split(". ")[0] + "."
        cited = Citation(1, context.id, context.source, None, 0, len(quote), quote, True)
        question = f"Who built the thing number {n}?"
        found.append(replace(item, question=question, answer=ANSWERS[n % 2], contexts=(context,), citations=(cited,)))
    return tuple(found)


def planted(name, items, place=0, seed=0):
    return BY_NAME[name].inject(items[place], items, np.random.default_rng(seed))


@pytest.mark.parametrize("name", [name.replace(" ", "-") for name in LOSSES])
def test_a_loss_keeps_id_time_and_question_and_changes_answer_or_passages(name, items):
    item, copy = items[1], planted(name, items, 1)
    assert (copy.id, copy.at, copy.question) == (item.id, item.at, item.question)
    assert (copy.answer, copy.contexts) != (item.answer, item.contexts)
    assert copy.answer_vector is None


@given(
    st.text(max_size=300), st.lists(st.text(max_size=300), max_size=3), st.sampled_from(sorted(LOSSES)), st.integers()
)
def test_no_text_of_anybody_breaks_a_loss(answer, passages, name, seed):
    mine = RecordedExchange("What is this?", answer, tuple(passages), "a", "en")
    other = RecordedExchange("And that?", "It is that.", ("That is it.",), "b", "ru")
    spoilt = LOSSES[name].spoil(mine, [mine, other], Random(seed))
    assert spoilt is None or (spoilt.question == mine.question and isinstance(spoilt.answer, str))


def test_a_wrong_sentence_stands_in_the_right_passage_and_is_none_of_the_answer(items):
    answer = planted("wrong-sentence", items).answer.removesuffix(" [1]")
    assert answer in TEXTS[0] and "Anna Berg" not in answer


def test_wrong_passages_bring_their_own_answer_and_look_as_near(items):
    copy = planted("wrong-passages", items)
    assert (copy.answer, copy.contexts[0].text) == (ANSWERS[1], TEXTS[1])
    assert copy.contexts[0].score == items[0].contexts[0].score


def test_one_passage_is_the_same_for_every_question(items):
    copies = [planted("one-passage", items, place) for place in (1, 3, 5)]
    assert {copy.contexts[0].text for copy in copies} == {TEXTS[0]}


def test_old_documents_change_passages_and_answer_alike(items):
    copy = planted("old-documents", items)
    year = next(word for word in copy.answer.split() if word.startswith("19"))
    assert year.strip(",") != "1921" and year.strip(",.") in copy.contexts[0].text
    assert copy.contexts[0].source == "doc0.md"
    assert copy.contexts[0].text_hash != "h0"


def test_a_refusal_is_an_abstention_and_one_in_other_words_an_answer(items):
    usual, own = planted("refusal", items), planted("refusal-in-other-words", items)
    assert (usual.outcome, usual.answer, usual.citations) == ("abstained", ABSTENTION, ())
    assert (own.outcome, own.citations) == ("answered", ())


def test_figures_of_citations_are_no_figures_of_the_answer(items):
    for name in ("numbers", "old-documents"):
        assert planted(name, items).answer.endswith(" [1].")
    assert "1921" not in planted("numbers", items).answer


def test_only_lost_citations_are_lost(items):
    assert planted("citations-lost", items).citations == ()
    assert "[1]" not in planted("citations-lost", items).answer
    assert planted("gibberish", items).citations == items[0].citations


def test_another_language_is_not_that_of_the_question(items):
    from data.text import detect_language

    russian = tuple(replace(item, question="Кто построил старую мельницу у моря?") for item in items)
    assert detect_language(planted("other-language", items).answer) == "es"
    assert detect_language(planted("other-language", russian).answer) == "en"


def test_logs_of_a_single_source_take_passages_for_matters(items):
    one = tuple(
        replace(item, contexts=tuple(replace(part, source="all.md") for part in item.contexts)) for item in items
    )
    assert planted("foreign-sentence", one).answer == ANSWERS[1]
