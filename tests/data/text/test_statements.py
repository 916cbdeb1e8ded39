import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text.statements import numbers, parse, plain, spelled_numbers, split_sentences, stem


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1,000.50", {"1000.5"}),
        ("1 000,50", {"1000.5"}),
        ("1\u00a0000,50", {"1000.5"}),
        ("$1.500", {"1500"}),
        ("0.125", {"0.125"}),
        ("3.14", {"3.14"}),
        ("2,5 %", {"2.5"}),
        ("1977-1980", {"1977", "1980"}),
        ("12,345,678", {"12345678"}),
        ("in 2019 100 people", {"2019", "100"}),
        ("-5 degrees", {"-5"}),
        ("5km", {"5"}),
        ("version v1.2.3", set()),
        ("no numbers", set()),
    ],
)
def test_numbers_are_read_in_plain_notation(written, expected):
    assert numbers(written) == expected


@given(st.integers(0, 10**12))
def test_a_number_is_the_same_with_and_without_grouping(value):
    assert numbers(f"{value:,}") == numbers(str(value)) == {str(value)}


def test_numbers_spelled_in_english_and_russian_are_read():
    assert spelled_numbers("Two of twelve; одиннадцать") == {"2", "12", "11"}


def test_markdown_and_citations_leave_only_the_words():
    text = "## Fares\n- **Adult** ticket: `5` euro [1]\n2. See [the page](http://x.y/z) [2, 3]"
    assert plain(text) == "Fares\nAdult ticket: 5 euro\nSee the page"


def test_sentences_end_at_marks_and_lines():
    assert split_sentences("It rains. Dr. Who came! Why?\nline") == ["It rains.", "Dr.", "Who came!", "Why?", "line"]


def test_word_forms_share_a_stem_in_both_languages():
    assert stem("Tickets") == stem("ticket")
    assert stem("билетами") == stem("билет")
    assert stem("ёлка") == stem("елка")


@given(st.text(max_size=200))
def test_any_text_can_be_parsed(text):
    assert all(sentence.stems for sentence in parse(text))
