"""Stems are the same whether one thread asks or many: what is cached wrong once would be wrong for good."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text.search_terms import index_terms
from data.text.stems import question_terms, stem, terms, words

WORDS = [f"{part}{end}" for part in ("authoriz", "reconsider", "navigat", "инструктир", "перевоз") for end in
         ("ation", "ations", "ed", "ing", "able", "ation's", "ally", "ировании", "ками", "ность")] * 6  # fmt: skip


def test_word_forms_share_a_stem_in_both_languages():
    assert stem("Tickets") == stem("ticket")
    assert stem("билетами") == stem("билет")
    assert stem("ёлка") == stem("елка")


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("Billetes", "es", "billet"),
        ("авиационный", "ru", "авиацион"),
        ("тривалість", "uk", "тривалість"),
        ("voitures", "nl", "voitures"),
        ("B2Bs", "en", "b2bs"),
        ("Is", "en", "is"),
    ],
)
def test_a_word_is_stemmed_in_its_language_where_there_is_a_stemmer(word, language, expected):
    assert stem(word, language) == expected


def test_words_are_runs_of_letters_and_numbers_are_whole():
    assert words("Don't re-use 3.5 m_x: 1,200") == ["Don", "t", "re", "use", "3.5", "m", "x", "1,200"]


@given(st.text(max_size=80))
def test_any_text_has_terms_and_no_term_is_empty(text):
    assert all(terms(text)) and all(stem(word) for word in words(text))


@pytest.fixture
def often_switched():
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.parametrize(
    "stemmed", [stem, terms, lambda word: index_terms(word, "en")], ids=["stems", "terms", "search terms"]
)
def test_many_threads_get_the_stems_that_one_gets(stemmed, often_switched):
    stem.cache_clear()
    alone = [stemmed(word) for word in WORDS]
    for _ in range(20):
        stem.cache_clear()
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(stemmed, WORDS)) == alone


@pytest.mark.parametrize("question", ["What does clause 3.2 say?", "What does § 3.2 say?", "О чём пункт 3.2?"])
def test_a_word_before_the_number_of_a_part_is_no_term(question):
    assert "3.2" in question_terms(question) and len(question_terms(question)) <= 2
