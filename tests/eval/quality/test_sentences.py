from hypothesis import given
from hypothesis import strategies as st

from eval.quality.sentences import plain_sentences, read_sentence, read_sentences


def test_sentences_end_at_marks_and_lines():
    text = "It rains. Dr. Who came! Why?\n\nline"
    assert plain_sentences(text) == ["It rains.", "Dr. Who came!", "Why?", "line"]


def test_items_and_headings_are_sentences_without_their_marks():
    text = "## Fares\n- **Adult**: 5 euro [1]\n- Child: 2 euro\n\n1. Pay. Then go."
    assert plain_sentences(text) == ["Fares", "Adult: 5 euro", "Child: 2 euro", "Pay.", "Then go."]


def test_a_sentence_is_read_as_stems_numbers_and_names():
    sentence = read_sentence("The captain Olaf saved 12 tourists, didn't he?")
    assert sentence.stems[:5] == ("the", "captain", "olaf", "save", "12")
    assert (sentence.numbers, sentence.names) == ({"12"}, {"olaf"})
    assert "t" in sentence.stems


@given(st.text(max_size=200))
def test_any_text_can_be_parsed(text):
    assert all(sentence.stems for sentence in read_sentences(text))
