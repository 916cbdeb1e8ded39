from data.records import Chunk, Draft, Hit
from rag.answer.stream import stream_answer

TEXT = "Each passenger may take one bag of up to 8 kg on board. A second bag costs 15 euro at the gate."
HITS = [Hit(Chunk("luggage.md", 0, len(TEXT), TEXT), 0.9)]


class Growing:
    """A generator that writes a word at a time, and notes how much it has written."""

    id = "growing"
    prompt_version = "1"

    def __init__(self, text):
        self._words = text.split()
        self.written = 0

    def generate(self, question, hits):
        raise AssertionError("it can stream")

    def stream(self, question, hits):
        for count in range(1, len(self._words) + 1):
            self.written = count
            yield Draft(" ".join(self._words[:count]), {"k7f2": HITS[0].chunk.id})


def test_other_work_is_done_once_when_the_model_has_begun_to_write():
    generator, done_at = Growing("One bag of up to 8 kg may be taken on board [k7f2]."), []

    list(stream_answer("How heavy?", HITS, generator, lambda: done_at.append(generator.written)))

    assert done_at == [1]


def test_other_work_is_left_to_others_when_the_model_writes_nothing():
    done = []

    list(stream_answer("How heavy?", HITS, Growing(""), lambda: done.append(1)))

    assert done == []


def test_the_pieces_of_a_long_answer_are_its_text():
    said = "One bag of up to 8 kg may be taken on board [k7f2]. A second bag costs 15 euro at the gate [k7f2]. "

    *pieces, answered = stream_answer("How heavy?", HITS, Growing(said * 12))

    assert len(pieces) > 12
    assert "".join(pieces) == answered.text
    assert answered.text.count("[1]") == answered.text.count("[2]") == 12
