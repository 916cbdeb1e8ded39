import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text.figures import find_figures, numbers, spelled_numbers, stated_figures, unmatched_figures


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Turnover rose by 87 %.", "a rise of 87% was seen"),
        ("It costs €1,200.50.", "the price is 1 200,50 €"),
        ("It weighs 1200 kg.", "weight: 1.200 kg"),
        ("Разрешено 8 килограммов.", "up to 8 kg each"),
        ("It opened on 12 March 2024.", "opened 12.03.2024"),
        ("Открылся 12.03.2024.", "12 марта 2024 года"),
        ("It opened on 2024-03-12.", "March 12, 2024"),
        ("It leaves at 09:30.", "departure 9:30"),
        ("Two bags, 5 in all.", "two bags and five in all"),
        ("It cost $3.5 million.", "a price of 3,500,000 dollars"),
        ("Выручка 3,5 млн рублей.", "3 500 000 руб."),
        ("1. Wait 5 minutes.", "wait five minutes"),
        ("As passage 3 says, and steps 1 and 2, it is 8 kg.", "8 kg"),
    ],
)
def test_the_same_number_written_otherwise_agrees(sentence, source):
    assert unmatched_figures(sentence, [source]) == []


@pytest.mark.parametrize(
    ("sentence", "source", "wrong"),
    [
        ("Turnover rose by 85 %.", "a rise of 87 %", ["85 %"]),
        ("It weighs 8 lb.", "it weighs 8 kg", ["8 lb"]),
        ("It costs €35.", "it costs $35", ["€35"]),
        ("It takes 3 days.", "it takes 3 hours", ["3 days"]),
        ("It leaves at 9:45.", "departure 9:30", ["9:45"]),
        ("It opened on 13 March 2024.", "opened 12.03.2024", ["13"]),
        ("It cost 3.5 billion.", "it cost 3.5 million", ["3.5 billion"]),
        ("Длина 12,6 км и 7 м.", "длина 12,5 км и 7 м", ["12,6 км"]),
        ("It holds 18 litres.", "it holds 8 litres", ["18"]),
    ],
)
def test_another_number_or_another_unit_of_the_same_kind_is_named(sentence, source, wrong):
    assert unmatched_figures(sentence, [source]) == wrong


def test_an_ambiguous_separator_is_read_both_ways():
    [figure] = find_figures("1,234")
    assert figure.values == {"1234", "1.234"}


def test_versions_and_dotted_numbers_compare_as_written():
    assert unmatched_figures("Install 1.2.30.", ["version 1.2.30"]) == []
    assert unmatched_figures("Install 1.2.31.", ["version 1.2.30"]) == ["1.2.31"]


@given(st.integers(0, 10**9), st.sampled_from(["{:,}", "{}", "{:_}"]))
def test_a_whole_number_agrees_with_itself_however_grouped(value, form):
    grouped = form.format(value).replace("_", " ")
    assert unmatched_figures(f"The total is {grouped}.", [f"total {value}"]) == []


@given(st.integers(13, 10**6), st.integers(1, 99))
def test_a_changed_number_never_passes(value, change):
    assert unmatched_figures(f"The total is {value + change}.", [f"a total of {value}"]) == [str(value + change)]


@given(st.text(max_size=60))
def test_a_text_agrees_with_itself(text):
    assert unmatched_figures(text, [text]) == []


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Heat it to 500 degrees F (260 degrees C).", "Heat it to 500 degrees F."),
        ("Heat it to 185-195°F (85-90°C).", "Heat it to 185-195 °F."),
        ("She is 183 cm tall.", "She is 6 feet tall."),
        ("It takes 2 hours.", "It takes 120 minutes."),
        ("Нагрейте до 100 градусов Цельсия.", "Heat to 212°F."),
    ],
)
def test_a_quantity_rightly_converted_agrees(sentence, source):
    assert unmatched_figures(sentence, [source]) == []


@pytest.mark.parametrize(
    ("sentence", "source", "wrong"),
    [
        ("Heat it to 280°C.", "Heat it to 500°F.", ["280°"]),
        ("Heat it to 500°C.", "Heat it to 500°F.", ["500°"]),
        ("She is 6 cm tall.", "She is 6 feet tall.", ["6 cm"]),
        ("It takes 3 hours.", "It takes 120 minutes.", ["3 hours"]),
    ],
)
def test_a_quantity_wrongly_converted_does_not(sentence, source, wrong):
    assert unmatched_figures(sentence, [source]) == wrong


@pytest.mark.parametrize(
    ("sentence", "source", "wrong"),
    [
        ("It fell to -5 °C.", "It fell to 5 °C.", ["-5 °"]),
        ("It fell to 5 °C.", "It fell to −5 °C.", ["5 °"]),
        ("It costs 1'000 francs.", "It costs 1000 francs.", []),
        ("Dose: 0.125 mg.", "a dose of 125 mg", ["0.125"]),
        ("Years 2019-2021.", "2019 to 2021", []),
        ("From 5 -10 km.", "5 to 10 km", []),
    ],
)
def test_signs_and_the_first_zero_count(sentence, source, wrong):
    assert unmatched_figures(sentence, [source]) == wrong


def test_numbers_of_items_and_of_passages_referred_to_are_not_stated():
    assert [figure.written for figure in stated_figures("2. As passage 3 says, it takes 5 minutes.")] == ["5 minutes"]


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
        ("at 07:40", {"7:40"}),
        ("3.5 million", {"3500000"}),
    ],
)
def test_numbers_are_read_in_plain_notation(written, expected):
    assert numbers(written) == expected


@given(st.integers(0, 10**12))
def test_a_number_is_the_same_with_and_without_grouping(value):
    assert numbers(f"{value:,}") == numbers(str(value)) == {str(value)}


def test_numbers_spelled_in_english_and_russian_are_read():
    assert spelled_numbers("Two of twelve; одиннадцать") == {"2", "12", "11"}


def test_a_word_that_counts_is_no_number_but_a_number_may_be_written_for_it():
    assert spelled_numbers("Both have no dog, and a cat") == frozenset()
    assert unmatched_figures("2 people have 0 dogs and 1 cat.", ["Both have no dog, and a cat."]) == []


@given(st.text(max_size=60))
def test_the_number_of_a_figure_is_one_of_its_values(text):
    assert all(not figure.value or figure.value in figure.values for figure in find_figures(text))
