import pytest

from eval.quality.drawn import MOST_CLAIMS, claims_of, draw, draws, names_in, read_ground, values_in
from tests.eval.quality.ferry import LANGUAGES, PASSAGES, QUESTION, RIGHT

GROUND = {language: read_ground(QUESTION[language], PASSAGES[language]) for language in LANGUAGES}


def drawn_on(answer, language="en"):
    ground = GROUND[language]
    return [[ground.sentences[place].text for place in item.places] for item in draws(answer, ground)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quoted_sentence_draws_on_itself_alone(language):
    assert drawn_on(RIGHT[language], language) == [[RIGHT[language]]]


def test_a_sentence_in_other_words_draws_on_the_one_it_shares_most_with():
    assert drawn_on("Free travel is granted to dogs.")[0][0] == "Dogs travel free on the upper deck."


def test_a_sentence_that_shares_no_word_draws_on_nothing():
    assert draw("Volcanoes erupt elsewhere.", GROUND["en"]).places == ()


def test_words_of_the_question_find_no_sentence_by_themselves():
    strengths = [draw(text, GROUND["en"]).strength for text in ("The ferry leaves Brenna.", "Halvard steered.")]
    assert strengths[0] < strengths[1]


def test_markdown_and_citations_are_no_part_of_a_claim():
    assert claims_of("## Ferry\n\n- **Dogs** travel free [1].") == ["Ferry", "Dogs travel free."]


def test_headings_of_passages_are_not_drawn_on():
    assert read_ground("q", ["# Fares\n\nA ticket costs two crowns each way."]).sentences[0].text.startswith("A ticket")


def test_the_first_word_is_a_name_only_where_the_passages_have_it_as_one():
    assert names_in("Moen steers the ship.") == frozenset()
    assert names_in("Moen steers the ship.", GROUND["en"].names) == frozenset({"moen"})
    assert names_in("The captain is Halvard Moen.") == frozenset({"halvard", "moen"})


def test_numbers_of_passages_and_steps_are_no_figures():
    assert [sorted(values) for values in values_in("See passage 2 and step 3: it costs 1,500 crowns.")] == [
        ["1.5", "1500"]
    ]


def test_the_first_hundred_claims_of_an_endless_answer_are_read():
    assert len(draws("Dogs travel free there. " * 5000, GROUND["en"])) == MOST_CLAIMS
