import pytest

from data.records import ABSTENTION, Chunk, Draft, Hit
from rag.answer.answering import answer_question
from rag.answer.extractive import ExtractiveGenerator
from rag.errors import EndpointUnreachable

TEXT = "Each passenger may take one bag of up to 8 kg on board. A second bag costs €15. Captain Anna Berg decides."
HIT = Hit(Chunk("luggage.md", 0, len(TEXT), TEXT), 0.9)
QUESTION = "How heavy may a bag be?"


class Scripted:
    """A generator that writes what it is told, over one passage with the key k7f2."""

    id = "scripted"
    prompt_version = "1"

    def __init__(self, text, flags=()):
        self._draft = Draft(text, {"k7f2": HIT.chunk.id}, flags=flags)

    def generate(self, question, hits):
        return self._draft


class Dead:
    id = "dead"
    prompt_version = "1"

    def generate(self, question, hits):
        raise EndpointUnreachable("No one listens at http://x: start it.")


def ask(text, flags=()):
    return answer_question(QUESTION, [HIT], Scripted(text, flags))


def test_an_answer_that_says_what_its_passage_says_has_no_flags():
    answer = ask("One bag of up to 8 kg may be taken on board [k7f2].")
    assert (answer.outcome, answer.flags, answer.hits) == ("answered", (), (HIT,))
    assert answer.text == "One bag of up to 8 kg may be taken on board [1]."


def test_each_fault_raises_its_own_flag():
    assert ask("One bag of up to 8 kg may be taken on board.").flags == ("no_citations",)
    assert ask("One bag of up to 8 kg may be taken on board [zz99].").flags == ("no_citations", "unknown_citations:1")
    assert ask("Elephants travel free on Sundays [k7f2].").flags == ("unsupported_citation:1", "name_mismatch:Sundays")
    assert ask("One bag of up to 9 kg may be taken on board [k7f2].").flags == (
        "unsupported_citation:1",
        "number_mismatch:9 kg",
    )
    assert ask("A second bag costs $15 [k7f2].").flags == ("unsupported_citation:1", "number_mismatch:$15")
    assert ask("A second bag costs €15 [k7f2]. So much for bags.").flags == ("uncited_sentences:1",)
    assert ask("The captain, Maria Berg, decides [k7f2].").flags == ("name_mismatch:Maria",)


def test_numbers_of_the_question_may_be_repeated():
    answered = answer_question("May I take 2 bags of 12 kg?", [HIT], Scripted("Not 12 kg: one bag of 8 kg [k7f2]."))
    assert "number_mismatch:12 kg" not in answered.flags


def test_flags_of_the_draft_are_kept():
    assert ask("A second bag costs €15 [k7f2].", ("dropped_passages:2",)).flags == ("dropped_passages:2",)


def test_the_abstention_phrase_is_an_abstention_and_so_is_a_bare_refusal():
    assert (ask(ABSTENTION).outcome, ask(ABSTENTION).flags) == ("abstained", ())
    assert ask(f'"{ABSTENTION}" [k7f2]').outcome == "abstained"
    refused = ask("I'm sorry, but I can't help with that.")
    assert (refused.outcome, refused.flags) == ("abstained", ("refusal",))


@pytest.mark.parametrize(
    "text",
    [
        "The passages do not mention the weight of bicycles [k7f2].",
        "Unable to answer based on the given passages.",
        "There is no information about bicycles in the documents.",
        "В документах об этом не сказано.",
        "Я не могу ответить на это по проиндексированным документам.",
    ],
)
def test_an_abstention_in_own_words_is_one_and_cites_nothing(text):
    answer = ask(text)
    assert (answer.outcome, answer.flags, answer.citations) == ("abstained", ("abstained_in_own_words",), ())
    assert "[" not in answer.text


def test_a_passage_may_itself_say_what_documents_do_not_contain():
    text = "Tickets are personal. The documents do not contain a photograph."
    hit = Hit(Chunk("privacy.md", 0, len(text), text), 1.0)

    class Quoting(Scripted):
        def generate(self, question, hits):
            return Draft("The documents do not contain a photograph [k7f2].", {"k7f2": hit.chunk.id})

    assert answer_question("Is there a photograph?", [hit], Quoting("")).outcome == "answered"


def test_an_answer_that_opens_sorry_but_cites_is_an_answer():
    assert ask("Unfortunately, a second bag costs €15 [k7f2].").outcome == "answered"


def test_without_hits_nobody_is_asked():
    answered = answer_question(QUESTION, [], Dead())
    assert (answered.outcome, answered.text, answered.error) == ("abstained", ABSTENTION, None)


def test_a_dead_endpoint_is_a_failed_outcome_with_its_reason():
    answered = answer_question(QUESTION, [HIT], Dead())
    assert (answered.outcome, answered.draft) == ("failed", None)
    assert answered.error == "No one listens at http://x: start it."


def test_the_extractive_generator_passes_its_own_checks():
    answered = answer_question("How much does a second bag cost?", [HIT], ExtractiveGenerator())
    assert answered.text == "A second bag costs €15 [1]."
    assert [citation.quote for citation in answered.citations] == ["A second bag costs €15."]
    assert answered.flags == ()
