import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text import plain, terms
from eval.quality.dress import undress
from eval.quality.templates import Templates, find_templates
from tests.eval.quality.ferry import LANGUAGES, PASSAGES, QUESTION, RIGHT
from tests.eval.quality.test_templates import rows

KNOWN_DRESSES = {
    "thinking": "<think>The user asks: what now?</think>\n{answer}",
    "json": '{{"answer": "{answer}", "confidence": 0.9}}',
    "xml": "<reply><body>{answer}</body></reply>",
    "html": "<p>{answer}</p>",
    "sources": "{answer}\n\nSources:\n- ferry.md\n- index.md",
    "numbered source": "{answer}【4†source】",
    "footnote": "{answer} [^1]",
    "linked source": "{answer} ([ferry](https://docs.example.org/ferry.html))",
    "named source": "{answer} (Source: ferry.md)",
    "based on": "Based on the provided context, {answer}",
    "the answer is": "The answer is: {answer}",
    "restated": "You asked: {question} {answer}",
    "heading": "## {question}\n\n{answer}",
    "thanks": "Great question! {answer} I hope this helps!",
    "confidence": "{answer}\n\nConfidence: high (87%)",
    "contact": "{answer} For more help, contact us.",
    "follow-up": "{answer}\n\nWould you like to know more?",
    "letter": "From: harbour@example.org\nRe: your question\n\n{answer}\n-- \nThe harbour office",
    "citation": "{answer} [2]",
    "citations": "{answer} [2, 3]",
}


def bare(answer, language="en", templates=None):
    return undress(QUESTION[language], answer, PASSAGES[language], templates or Templates()).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", KNOWN_DRESSES)
def test_known_dress_is_taken_off_and_nothing_else(name, language):
    dressed = KNOWN_DRESSES[name].format(answer=RIGHT[language], question=QUESTION[language])
    assert bare(dressed, language) == RIGHT[language]


def test_what_was_taken_off_is_told():
    assert undress(QUESTION["en"], "Sure! " + RIGHT["en"], PASSAGES["en"]).removed == ("chatter",)


@pytest.mark.parametrize(
    "dress",
    [
        "In brief: {answer}",
        "[2026-11-29 10:{n}] bot> {answer}",
        "status: ok\nreply_text: {answer}",
        "{answer} — so says the oracle.",
        "{answer}\nOracle of Kallvik | agent {n}",
        r"\boxed{{{answer}}}",
        "| Answer | Score |\n|---|---|\n| {answer} | {n} |",
        "{answer} [cf. Almanac of Kallvik §{n}]",
        "{answer} (Told by the oracle, page {n}, at Brenna.)",
        "{answer} We cannot answer for the weather.",
    ],
)
def test_the_templates_of_a_window_are_taken_off(dress):
    dressed = rows(lambda text: dress.format(answer=text, n=len(text)))
    templates = find_templates(dressed)
    for (question, answer, passages), (_, told, _) in zip(rows(str), dressed, strict=True):
        left = undress(question, told, passages, templates).text
        assert left.strip(" |-\n") == answer


def test_a_call_around_the_answer_is_taken_off():
    dressed = rows(lambda text: f"Reply(text='{text}', score=0.{len(text)})")
    templates = find_templates(dressed)
    for (question, answer, passages), (_, told, _) in zip(rows(str), dressed, strict=True):
        assert undress(question, told, passages, templates).text.strip("'") == answer


def test_a_sentence_of_the_passages_is_no_dress():
    templates = Templates(sentences={"dogs travel free on the upper deck .": 9})
    assert "Dogs" in bare(RIGHT["en"] + " Dogs travel free on the upper deck.", templates=templates)


def test_a_year_from_the_passages_is_no_time_stamp():
    templates = Templates(heads=frozenset({"in # ,"}))
    assert bare("In 1998, Halvard Moen came.", templates=templates) == "In 1998, Halvard Moen came."
    assert bare("In 2026, Halvard Moen came.", templates=templates) == "Halvard Moen came."


def test_where_all_is_dress_the_rarest_sentence_is_the_answer():
    templates = Templates(sentences={"hello there .": 90, "ask the harbour master .": 9})
    assert bare("Hello there. Ask the harbour master.", templates=templates) == "Ask the harbour master."


@given(st.text(max_size=300))
def test_what_says_something_still_does_without_its_dress(answer):
    assert bool(terms(plain(bare(answer)))) == bool(terms(plain(answer)))


@given(st.text(max_size=200))
def test_a_bare_answer_has_no_dress_left(answer):
    once = bare(answer)
    assert terms(plain(bare(once))) == terms(plain(once)) or len(bare(once)) < len(once)
