import pytest

from eval.quality.refusal import LearnedRefusals, learn_refusals, refusal_score, refuses
from tests.eval.quality.ferry import PASSAGES, QUESTION, RIGHT

NOTHING = LearnedRefusals()
OWN = "Our handbook is silent on this point."


def rows(answer, questions=4, passages=PASSAGES["en"]):
    topics = ("dogs", "fares", "lifts", "whales")[:questions]
    return [(f"What about {topic}?", answer, (*passages, f"The page of {topic}.")) for topic in topics]


@pytest.mark.parametrize(
    "answer",
    [
        "I don't know.",
        "The documents do not contain an answer to this question.",
        "I'm sorry, but I couldn't find anything about that.",
        "No information on ferries was found.",
        "В документах нет ответа на этот вопрос.",
        "К сожалению, мне не удалось найти сведений об этом.",
        "Die Dokumente enthalten keine Angaben dazu.",
        "Les documents ne contiennent aucune information.",
        "Los documentos no contienen esta información.",
        "文档中没有提到这个信息。",
    ],
)
def test_refusals_of_many_languages_are_known(answer):
    assert refuses(QUESTION["en"], answer, NOTHING)


@pytest.mark.parametrize(
    "answer",
    [
        RIGHT["en"],
        RIGHT["ru"],
        "No. Bicycles are not allowed on board in July.",
        "The passages do not mention a night ferry. The morning ferry, however, leaves Brenna at 07:40 on every "
        "working day, and the captain Halvard Moen has steered it since 1998.",
        "",
    ],
)
def test_an_answer_is_no_refusal_even_where_it_denies_something(answer):
    assert not refuses(QUESTION["en"], answer, NOTHING)


def test_a_refusal_in_the_own_words_of_a_log_is_learned_from_different_questions():
    assert not refuses(QUESTION["en"], OWN, NOTHING)
    assert refuses(QUESTION["en"], OWN, learn_refusals(rows(OWN)))


def test_the_same_text_for_one_question_asked_again_teaches_nothing():
    assert learn_refusals([("What about dogs?", OWN, PASSAGES["en"])] * 50) == NOTHING


def test_an_answer_from_the_passages_that_serves_many_questions_is_no_refusal():
    assert learn_refusals(rows("Dogs travel free on the upper deck.")) == NOTHING


@pytest.mark.parametrize(
    "answer",
    [
        "Yes.",
        "Yes, that is fine by us.",
        "No, never on Sundays.",
        "It was Halvard Moen.",
        "It costs 12 crowns.",
        "Daily.",
    ],
)
def test_what_agrees_names_or_counts_is_an_answer_though_no_passage_has_it(answer):
    assert learn_refusals(rows(answer)) == NOTHING


def test_without_passages_no_answer_can_be_beside_them():
    assert learn_refusals([(question, OWN, ()) for question, _, _ in rows(OWN)]) == NOTHING


def test_one_set_of_passages_shows_nothing_about_the_words_of_a_log():
    assert learn_refusals([(question, OWN, PASSAGES["en"][:1]) for question, _, _ in rows(OWN)]) == NOTHING


def test_stumps_and_loops_are_no_refusals():
    assert learn_refusals(rows("Our handbook is silent on")) == NOTHING
    assert learn_refusals(rows("Zebra zebra zebra zebra zebra.")) == NOTHING


def test_answers_on_record_as_abstained_teach_their_words():
    assert refuses(QUESTION["en"], "Ask the harbour master.", learn_refusals([], ["Ask the harbour master."]))


def test_the_score_is_the_chance_that_the_choice_was_right():
    assert (refusal_score(refused=False, holds=0.9), refusal_score(refused=True, holds=0.75)) == (0.9, 0.25)
