from hypothesis import given
from hypothesis import strategies as st

from data.records import Citation, Document
from rag.answer.verify import verify_citation

TEXT = "Hand luggage may weigh 10 kilograms. A second bag costs €15 per trip. Prams travel free."
QUOTE = "A second bag costs €15 per trip."
START = TEXT.index(QUOTE)
CITATION = Citation(1, "c", "fares.md", None, START, START + len(QUOTE), QUOTE, True)


def verify(text):
    return verify_citation(CITATION, None if text is None else Document("fares.md", text))


def test_an_unchanged_source_supports_its_quote():
    assert (verify(TEXT).status, verify(TEXT).now) == ("supported", QUOTE)


@given(st.text("ab \n", min_size=1, max_size=30))
def test_text_put_in_front_moves_the_quote_and_the_new_span_holds_it(before):
    moved = verify(before + "\n" + TEXT)
    assert moved.status == "moved"
    assert moved.now == QUOTE


def test_a_changed_figure_is_a_changed_source_and_the_new_sentence_is_shown():
    changed = verify(TEXT.replace("€15", "€18"))
    assert (changed.status, changed.now) == ("changed", "A second bag costs €18 per trip.")


def test_a_sentence_that_vanished_is_changed_with_nothing_to_show():
    assert (verify("Unrelated words.").status, verify("Unrelated words.").now) == ("changed", "")


def test_a_source_that_is_no_longer_indexed_is_gone():
    assert verify(None).status == "gone"


def test_a_citation_that_never_was_evidence_stays_unsupported():
    weak = Citation(1, "c", "fares.md", None, 0, len(TEXT), TEXT, False)
    assert verify_citation(weak, Document("fares.md", TEXT)).status == "unsupported"
