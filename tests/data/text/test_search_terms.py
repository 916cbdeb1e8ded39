import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text.language import detect_language
from data.text.search_terms import TOKENIZER, index_terms, match_expression


def search(texts, question, language="en"):
    connection = sqlite3.connect(":memory:")
    connection.execute(f'CREATE VIRTUAL TABLE t USING fts5(terms, tokenize = "{TOKENIZER}")')
    rows = [(number, index_terms(text, language)) for number, text in enumerate(texts)]
    connection.executemany("INSERT INTO t (rowid, terms) VALUES (?, ?)", rows)
    expression = match_expression(question, language)
    found = connection.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank", (expression,)) if expression else []
    return [row for (row,) in found]


@given(st.text(max_size=60), st.sampled_from(["en", "ru", "und"]))
def test_no_question_breaks_the_query_syntax(question, language):
    search(["some text"], question, language)


@pytest.mark.parametrize("question", ['"', "a AND", "NEAR(", "x:y", "-- drop", "* OR *", "NOT", "col : {a b}", "\x00"])
def test_query_operators_are_only_words(question):
    search(["not a near or and"], question)


@given(st.text(min_size=1, max_size=80), st.sampled_from(["en", "ru", "es", "und"]))
def test_a_text_with_terms_finds_itself(text, language):
    if index_terms(text, language):
        assert search([text, "zzz"], text, language)[:1] == [0] or text.casefold() == "zzz"


@pytest.mark.parametrize(
    ("text", "question", "language"),
    [
        ("All verifiers were authenticated.", "verifier authenticating", "en"),
        ("Расписание рейсов на вторник", "рейс по вторникам", "ru"),
        ("Ёлка растёт у причала", "елка растет", "ru"),
        ("La compañía vendió los billetes", "vender billete", "es"),
        ("Die Verträge enden im März", "Vertrag endet", "de"),
    ],
)
def test_inflected_words_are_found(text, question, language):
    assert search([text, "something else entirely"], question, language) == [0]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("see NIST SP 800-63B for details", "800-63B"),
        ("call get_max_batch_size() first", "getMaxBatchSize get_max_batch_size"),
        ("version 1.5.9 of the client", "1.5.9"),
        ("error 0x80070005 was raised", "0x80070005"),
    ],
)
def test_numbers_and_identifiers_are_found(text, question):
    assert search(["version 2 of get", "63 errors", text], question)[0] == 2


def test_chinese_is_found_by_parts_of_a_sentence():
    assert search(["水温は二十度です", "会议在星期三举行"], "星期三", "zh") == [1]


def test_stop_words_do_not_choose_the_passage():
    assert search(["what is it and who was that", "the harbour"], "what is the harbour") == [1]


def test_a_question_of_stop_words_alone_still_searches():
    assert search(["to be or not to be", "the harbour"], "to be or not to be") == [0]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How long does the session last?", "en"),
        ("Сколько длится сеанс?", "ru"),
        ("Скільки триває сеанс і чи можна його подовжити?", "uk"),
        ("¿Cuánto dura la sesión?", "es"),
        ("Wie lange dauert die Sitzung?", "de"),
        ("Combien de temps dure la session ?", "fr"),
        ("会话持续多长时间？", "zh"),
        ("セッションはどのくらい続きますか", "ja"),
        ("VRAM quota", "nl"),
        ("1 + 2 = 3", "nl"),
    ],
)
def test_language_is_told_from_script_and_little_words(text, language):
    assert detect_language(text, latin="nl") == language


def test_long_runs_of_digits_and_hyphens_take_no_time():
    assert len(index_terms("-".join(["1" * 30] * 300) + "x").split()) == 301
