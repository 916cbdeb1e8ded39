from datetime import UTC, datetime

from rag.answer.extractive import ExtractiveGenerator
from rag.answer.follow_up import Turn
from rag.asking.question import Stopwatch, new_question, stand_alone

HISTORY = [Turn("user", "When does the ferry leave?")]
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Model(ExtractiveGenerator):
    """Rewrites questions, too."""

    def complete(self, system, user):
        return "What is the price of the ferry?"


def test_a_question_has_the_name_of_its_time_or_the_one_given():
    assert new_question("Why?", at=NOON).id.startswith("20260501T120000-")
    assert new_question(" Why? ", name="n1").id == "n1"
    assert new_question(" Why? ").text == "Why?"


def test_who_rewrites_is_told_by_the_setting():
    asked = new_question("And the price?", tags={"client": "web"})
    assert stand_alone(asked, HISTORY, Model(), "none") is asked
    assert stand_alone(asked, HISTORY, Model(), "rule").text == "And the price? (ferry leave)"
    by_model = stand_alone(asked, HISTORY, Model(), "model")
    assert by_model.text == "What is the price of the ferry?"
    assert by_model.tags == {"asked_as": "And the price?", "client": "web"}
    assert (by_model.id, by_model.at) == (asked.id, asked.at)


def test_the_extractive_answerer_rewrites_by_rule():
    found = stand_alone(new_question("And the price?"), HISTORY, ExtractiveGenerator(), "model")
    assert (found.text, found.tags) == ("And the price? (ferry leave)", {"asked_as": "And the price?"})


def test_a_stage_of_its_own_is_not_counted_twice():
    watch = Stopwatch()
    watch.lap("retrieve", rerank=0.0)
    watch.lap("generate", verify=10_000.0)
    stages = watch.stages()
    assert list(stages) == ["retrieve", "generate", "verify", "total"]
    assert (stages["generate"], stages["verify"]) == (0.0, 10_000.0)
