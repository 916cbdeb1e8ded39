from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.text.line_units import units
from data.text.sentences import sentence_spans


def texts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("It rained. We stayed.", ["It rained.", "We stayed."]),
        ("Mr. Smith paid $3.5 million. Why? Nobody knows!", ["Mr. Smith paid $3.5 million.", "Why?", "Nobody knows!"]),
        (
            "See No. 5, Fig. 2 and e.g. Table 3. Then stop.",
            ["See No. 5, Fig. 2 and e.g. Table 3.", "Then stop."],
        ),
        ("Apple Inc. Common stock rose. It fell at 5 p.m. Friday.", None),
        ("Growth slowed in the U.S. The rest of the world grew.", ["Growth slowed in the U.S.", None]),
        ("J. R. R. Tolkien wrote it.[1] He lived in Oxford.", ["J. R. R. Tolkien wrote it.[1]", None]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("**Bold claim.** Plain text.", ["**Bold claim.**", "Plain text."]),
        ("Version 1.2.3 is out at example.org. Get it.", ["Version 1.2.3 is out at example.org.", "Get it."]),
        ("Он жил в г. Москве на ул. Ленина, д. 5. Потом уехал.", ["Он жил в г. Москве на ул. Ленина, д. 5.", None]),
        ("Это было в 2019 г. Компания выросла.", ["Это было в 2019 г.", "Компания выросла."]),
        ("Поэт А. С. Пушкин, т. е. классик, родился в 1799 г. в Москве. Конец.", [None, "Конец."]),
        ("Груши, яблоки и т. д. Потом чай.", ["Груши, яблоки и т. д.", "Потом чай."]),
        ("Цена 5 тыс. руб. за штуку. Дорого…", ["Цена 5 тыс. руб. за штуку.", "Дорого…"]),
        ("«Что?» спросил он. «Ничего.» Она ушла.", ["«Что?» спросил он.", "«Ничего.»", "Она ушла."]),
        ("今天下雨。我们在家！", ["今天下雨。", "我们在家！"]),
        ("The default is 0.9. `top_k` is an integer.", ["The default is 0.9.", "`top_k` is an integer."]),
        ("It is off by default. num_ctx sets the window.", ["It is off by default.", "num_ctx sets the window."]),
        ("Set e.g. `a`, `b` etc. `c` comes last.", ["Set e.g. `a`, `b` etc. `c` comes last."]),
        ("It holds 2.5. Later models hold more.", ["It holds 2.5.", "Later models hold more."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(paragraph: str, expected: list[str | None] | None) -> None:
    found = texts(paragraph)
    if expected is None:
        assert found == ["Apple Inc. Common stock rose.", "It fell at 5 p.m. Friday."]
        return
    assert len(found) == len(expected)
    assert all(want in (None, got) for want, got in zip(expected, found, strict=True))


def test_wrapped_lines_stay_one_sentence() -> None:
    text = (
        "The ferry leaves the northern quay of Kallvik at nine\nin the evening and reaches Novy Mys at half past\nsix."
    )
    assert texts(text) == [text]


def test_headings_items_rows_and_code_lines_are_units() -> None:
    text = (
        "# Fares\nAll prices in euro.\n\n- Adult: 40\n- Child: 20, if under 12\n  and with an adult.\n\n"
        "| Class | Price |\n| --- | --- |\n| Seat | 40 |\n\n```python\nx = 1\ny = 2\n```\n"
    )
    assert texts(text) == [
        "# Fares",
        "All prices in euro.",
        "- Adult: 40",
        "- Child: 20, if under 12\n  and with an adult.",
        "| Class | Price |",
        "| Seat | 40 |",
        "x = 1",
        "y = 2",
    ]


def test_numbered_items_keep_their_number() -> None:
    assert texts("1. First do this. Then that.\n2. Rest") == ["1. First do this.", "Then that.", "2. Rest"]


def test_rows_of_a_table_extracted_from_pdf_are_units() -> None:
    rows = ["Net sales $ 34,229 $ 35,355 $ 32,184", "Cost of sales 19,232 18,795 16,605", "Gross profit 14,997 16,560"]
    assert texts("\n".join(rows)) == rows


def test_marks_without_words_are_no_sentences() -> None:
    assert texts("---\n\n***\n\n| --- | --- |\n\n```\n```\n …") == []


def test_code_in_three_backticks_within_a_line_is_text() -> None:
    assert texts("```pip``` installs. It is slow.") == ["```pip``` installs.", "It is slow."]


def test_a_byte_order_mark_lies_in_no_sentence() -> None:
    assert sentence_spans("\ufeffHello there.") == [(1, 13)]


ALPHABET = st.sampled_from(
    list("aA1 .!?\n\n|-#`т Г«»\ufeff") + ["e.g. ", "Mr. ", "\n\n", "г. ", "| a | b |\n", "- x\n", "```\n"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(ALPHABET, max_size=60).map("".join))
def test_spans_are_ordered_trimmed_and_lose_no_word(text: str) -> None:
    spans = sentence_spans(text)
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in zip(spans, spans[1:], strict=False))
    assert all(text[a:b] == text[a:b].strip() for a, b in spans)
    covered = {i for a, b in spans for i in range(a, b)}
    fences = {i for m in re.finditer(r"^[ \t>]*```[^`\n]*$", text, re.MULTILINE) for i in range(m.start(), m.end())}
    assert not [c for i, c in enumerate(text) if i not in covered | fences and c.isalnum()]


@settings(max_examples=300, deadline=None)
@given(st.lists(ALPHABET, max_size=60).map("".join))
def test_the_sentences_of_a_unit_depend_on_that_unit_alone(text: str) -> None:
    alone = [
        (unit.start + start, unit.start + end)
        for unit in units(text)
        if unit.kind != "code"  # a line of code is one for the fence above it
        for start, end in sentence_spans(text[unit.start : unit.end])
    ]
    code = [(unit.start, unit.end) for unit in units(text) if unit.kind == "code"]
    assert alone == [span for span in sentence_spans(text) if not any(a <= span[0] < b for a, b in code)]


@pytest.mark.parametrize("piece", ["A. ", ".", '."', "1. ", "[a", "e.g. ", "。", "|", "- ", "a\tb "], ids=repr)
def test_no_text_costs_more_than_its_length(piece: str) -> None:
    text = piece * 30_000 + "b"
    started = time.process_time()
    sentence_spans(text)
    assert time.process_time() - started < 2
