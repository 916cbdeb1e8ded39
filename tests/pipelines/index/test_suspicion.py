"""Passages are judged while the model writes, and an answer does not fall with the judge."""

from pathlib import Path

from pipelines.answer.asker import open_asker
from pipelines.wiring.workspace import open_workspace
from rag.asking.question import new_question
from rag.errors import IndexDamaged
from rag.hostile.quarantine import Guard

OIL = "How often is the lubricating oil changed?"


class Writing:
    """A model that streams, and tells what was done before its second word."""

    id = "writing"
    prompt_version = "1"

    def __init__(self, done):
        self._done = done
        self.told = ()

    def generate(self, question, hits):
        raise AssertionError("it can stream")

    def stream(self, question, hits):
        from data.records import Draft

        self.told = tuple(self._done)
        yield Draft("Every", {})
        self.told += tuple(self._done)
        yield Draft("Every 1,000 hours.", {})


class Judge(Guard):
    def __init__(self, judged):
        super().__init__(lambda source: None, frozenset, holding=False)
        self._judged = judged

    def suspects(self, hits):
        self._judged.append(len(hits))
        return list(hits)


class Broken(Guard):
    def __init__(self):
        super().__init__(lambda source: None, frozenset, holding=False)

    def suspects(self, hits):
        raise IndexDamaged("The texts are gone.")


def test_passages_are_judged_once_and_only_when_the_model_has_begun_to_write(workspace):
    judged = []
    asker = open_asker(open_workspace(Path(".")))
    asker.retriever.guard, asker.generator = Judge(judged), Writing(judged)

    *_, asked = asker.pieces(new_question(OIL))

    hits = len(asked.hits)
    assert asker.generator.told == (hits,)
    assert judged == [hits]
    assert f"suspicious_passage:{hits}" in asked.interaction.flags


def test_an_answer_whose_passages_cannot_be_judged_is_given_with_a_flag_and_is_on_record(workspace):
    asker = open_asker(open_workspace(Path(".")))
    asker.retriever.guard = Broken()

    asked = asker.ask(OIL)

    assert asked.outcome == "answered" and asked.log_error is None
    assert "passages_not_judged: The texts are gone." in asked.interaction.flags
