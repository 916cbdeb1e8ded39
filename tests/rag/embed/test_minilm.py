import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.embed.minilm import WordPieces
from rag.embed.model_folder import MINILM, find_model

TOKENIZER = find_model(MINILM).tokenizer
SHARED = WordPieces(TOKENIZER)
ODD_SPACE = "a\x0bb\x0cc\x85d\xa0e\u2028f\u3000g\x1ch\u200bi\x00j"
WORDS = [
    "Verifier",
    "naïve",
    "e\u0301",
    "ΣΟΦΟΣ",
    "[SEP]",
    "un[MASK]able",
    "水温は",
    "паром",
    "don't",
    "x" * 200,
    "🙂",
    "\ufffd",
]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS) | st.text(max_size=6).filter(str.isprintable), max_size=12),
    st.sampled_from([" ", "\n", "\t", "\r\n", "  ", "\xa0", "\x0b", "\u2028", "\x1c", ""]),
)
@example([ODD_SPACE, "\u0301", "a"], " ")
@example([], "")
def test_tokens_are_those_of_the_whole_text(words, space):
    text = space.join(words)
    expected = TOKENIZER.encode(text).ids
    assert SHARED.ids(text).tolist() == expected and SHARED.count(text) == len(expected)


def test_a_word_is_tokenised_once():
    class Counting:
        words = 0

        def encode(self, text):
            return TOKENIZER.encode(text)

        def encode_batch_fast(self, words, **options):
            self.words += len(words)
            return TOKENIZER.encode_batch_fast(words, **options)

    counting = Counting()
    pieces = WordPieces(counting)
    assert pieces.count("the ferry and the ferry") == 7
    pieces.ids("the\nferry leaves")
    assert counting.words == 4


@pytest.mark.parametrize("most", [1, 20])
def test_what_is_forgotten_is_tokenised_again(most):
    pieces = WordPieces(TOKENIZER, most)
    texts = [f"word number {number} of many" for number in range(30)]
    assert [pieces.ids(text).tolist() for text in texts] == [TOKENIZER.encode(text).ids for text in texts]
    assert pieces._characters <= most + 64 * 5


def test_long_words_are_not_remembered():
    pieces = WordPieces(TOKENIZER)
    assert pieces.ids("水" * 300).tolist() == TOKENIZER.encode("水" * 300).ids
    assert np.array_equal(list(pieces._known), [""])
