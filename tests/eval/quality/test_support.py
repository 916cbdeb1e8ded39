import pytest

from eval.quality.drawn import read_ground
from eval.quality.support import KEPT_FEATURES, claim_support
from tests.eval.quality.ferry import LANGUAGES, PASSAGES, QUESTION, RIGHT

OTHER_FIGURE = {"figures_absent", "figures_elsewhere"}


def kept(claim, language="en", question=""):
    asked = question or QUESTION[language]
    found = claim_support(asked, claim, PASSAGES[language], read_ground(asked, PASSAGES[language]))
    return {name: value for name, value in zip(KEPT_FEATURES, found[0].kept, strict=True) if value}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quoted_sentence_keeps_everything(language):
    assert kept(RIGHT[language], language) == {}


@pytest.mark.parametrize(
    ("claim", "language", "signs"),
    [
        (
            "The morning ferry leaves Brenna at 09:15 on every working day.",
            "en",
            OTHER_FIGURE,
        ),
        (
            "Утренний паром отходит из Бренны в 09:15 каждый рабочий день.",
            "ru",
            OTHER_FIGURE,
        ),
        ("The morning ferry leaves Brenna at 18:00 on every working day.", "en", {"figures_elsewhere"}),
        ("The captain Olaf Svenson has steered the ship since 1998.", "en", {"names_absent", "names_elsewhere"}),
        ("Captain Kallvik has steered the ship since 1998.", "en", {"names_elsewhere"}),
        ("The morning ferry does not leave Brenna at 07:40 on every working day.", "en", {"polarity", "scope"}),
        ("Утренний паром не отходит из Бренны в 07:40 каждый рабочий день.", "ru", {"polarity", "scope"}),
        ("Bicycles are allowed on board in July.", "en", {"polarity", "scope"}),
        ("Велосипеды допускаются на борт в июле.", "ru", {"polarity", "scope"}),
    ],
)
def test_a_changed_figure_name_or_polarity_is_seen_as_what_it_is(claim, language, signs):
    assert set(kept(claim, language)) == signs


def test_a_figure_written_otherwise_is_the_same():
    passages = ("The repair of the pier cost 1,500 crowns in twelve weeks.",)
    claim = "The repair of the pier cost 1500 crowns in 12 weeks."
    found = claim_support("q", claim, passages, read_ground("q", passages))
    assert set(found[0].kept) == {0.0}


def test_names_and_figures_of_the_question_are_known():
    assert kept("The ferry to Lund leaves Brenna at 07:40.", question="Does the ferry to Lund leave Brenna?") == {}


def test_a_claim_of_few_words_says_nothing_of_polarity():
    assert "polarity" not in kept("No bicycles in July.")


def test_a_denial_is_marked():
    passages = PASSAGES["en"]
    answer = "The passages do not mention the price of coffee."
    claims = claim_support("q", answer, passages, read_ground("q", passages))
    assert [claim.denial for claim in claims] == [True]
