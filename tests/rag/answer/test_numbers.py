import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text.figures import find_figures, unmatched_figures
from data.text.names import unmatched_names


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


def test_a_name_of_nobody_in_the_source_is_named_and_an_inflected_one_is_not():
    source = "The captain of the Dunlin is Anna Berg; the ferry runs to Brenna."
    assert unmatched_names("The ship is commanded by Anna Vandermeer to Brenna.", [source]) == ["Vandermeer"]
    assert unmatched_names("Паром идёт в Бренну.", ["Рейсы до Бренны."]) == []


@pytest.mark.parametrize("name", ["num_ctx", "OLLAMA_HOST", "--no-cache", "max_tokens_per_turn", "v2_beta"])
def test_a_name_of_code_must_occur_whole(name):
    said = f"Set {name} to 8."
    for source in (f"Use `{name}`.", f"{name}=8", f"or {name.replace('_', chr(92) + '_')} for this"):
        assert unmatched_names(said, [source]) == []
        assert unmatched_names(said.replace(name, f"{name}s"), [source]) == [f"{name}s"]
    assert unmatched_names(said, [f"Use `{name[:-1]}` or {name}s."]) == [name]


def test_emphasis_dashes_hyphens_and_addresses_are_no_names_of_code():
    assert unmatched_names("This is _quite so_ and __bold__ -- as a re-run of x - y.", [""]) == []
    assert unmatched_names("It is at [x](https://example.org/some_page).", [""]) == []


def test_first_words_and_title_case_are_no_names():
    assert unmatched_names("Passengers may wait.", [""]) == []
    assert unmatched_names("The Rules Of The Road And Sea", [""]) == []


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
