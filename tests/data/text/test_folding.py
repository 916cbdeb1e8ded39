"""What looks the same is compared the same, and what is something else is not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text import composed, index_terms, terms, without_break_marks


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        (unicodedata.normalize("NFD", "Kühlkörper prüfen"), "Kühlkörper prüfen"),
        (unicodedata.normalize("NFD", "Йод ёлка"), "Йод ёлка"),
        (unicodedata.normalize("NFD", "소화기 점검"), "소화기 점검"),
        ("ＰＵＭＰ－１２", "PUMP-12"),
        ("ﾎﾟﾝﾌﾟ", "ポンプ"),
        ("ﬁlter oﬃce", "filter office"),
        ("Wasser\u00adpumpe", "Wasserpumpe"),
        ("micro\u200bswitch", "microswitch"),
        ("Señor Núñez", "Senor Nunez"),
        ("café crème", "cafe creme"),
        ("ﻣﺮﺣﺒﺎ", "مرحبا"),
        ("stand-by", "standby"),
    ],
)
def test_two_ways_to_write_a_word_are_found_alike(written: str, asked: str) -> None:
    assert set(index_terms(asked).split()) <= set(index_terms(written).split())


@pytest.mark.parametrize("language", ["de", "fr", "es", "en", "und"])
def test_a_word_is_found_without_its_accents_in_each_language(language: str) -> None:
    for written, asked in (("Café", "Cafe"), ("Kühlkörper", "Kuhlkorper"), ("Núñez", "Nunez"), ("fermé", "ferme")):
        assert set(index_terms(asked, language).split()) <= set(index_terms(written, language).split())


@pytest.mark.parametrize(("one", "other"), [("й", "и"), ("10²", "102"), ("ё", "ю"), ("か", "が"), ("½", "12")])
def test_signs_that_mean_something_else_stay_apart(one: str, other: str) -> None:
    assert index_terms(one) != index_terms(other)


@given(st.text(max_size=40))
def test_composed_and_decomposed_texts_have_the_same_terms(text: str) -> None:
    assert terms(unicodedata.normalize("NFD", text)) == terms(unicodedata.normalize("NFC", text))


@given(st.text(max_size=40))
def test_composing_is_done_once_and_for_all(text: str) -> None:
    assert composed(composed(text)) == composed(text) == unicodedata.normalize("NFC", text)


def test_only_break_marks_are_taken_out() -> None:
    assert without_break_marks("Grund\u00aderwerb\u200bsteuer – café") == "Grunderwerbsteuer – café"
