import numpy as np

from eval.quality.vectors import SentenceVectors


class Counting:
    def __init__(self):
        self.asked = []

    def __call__(self, texts, *, query):
        self.asked.append((list(texts), query))
        return np.array([[len(text), 1.0 + query] for text in texts], np.float32)


def test_a_sentence_is_embedded_once_and_a_question_every_time():
    made = Counting()
    vectors = SentenceVectors(made)
    first, again = vectors(["one", "three"], query=False), vectors(["three", "one"], query=False)
    vectors(["one"], query=True)
    vectors(["one"], query=True)
    assert made.asked == [(["one", "three"], False), (["one"], True), (["one"], True)]
    assert np.allclose(first, again[::-1])


def test_rows_are_unit_vectors_in_the_order_of_the_texts():
    rows = SentenceVectors(Counting())(["aa", "b", "aa"], query=False)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-3) and np.array_equal(rows[0], rows[2])


def test_the_least_used_sentence_goes_first():
    made = Counting()
    vectors = SentenceVectors(made, most=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        vectors([text], query=False)
    assert [texts for texts, _ in made.asked] == [["a"], ["b"], ["c"], ["b"]]


def test_more_texts_than_are_kept_still_have_their_vectors():
    assert SentenceVectors(Counting(), most=1)(["a", "bb", "ccc"], query=False).shape == (3, 2)
