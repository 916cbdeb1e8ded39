from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.records import ABSTENTION, DIMENSIONS_SCORER, Citation, Context, Interaction
from eval.quality.dimensions import METRICS, LogLearner, dimension_scores, learned_from, record_of
from eval.quality.knowledge import LogKnowledge
from eval.quality.scorer import Scorer
from eval.quality.weights import Weights
from tests.eval.quality.ferry import BESIDE, PASSAGES, QUESTION, RIGHT
from tests.eval.quality.test_templates import rows

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
CONTEXTS = tuple(Context(id=f"c{at}", source="a.md", text=text) for at, text in enumerate(PASSAGES["en"]))
RIGHTLY = Interaction("i1", WHEN, QUESTION["en"], RIGHT["en"], contexts=CONTEXTS)
WORDS = Scorer(Weights.read())
NOTHING = LogKnowledge()


def scored(item, known=NOTHING):
    return {score.metric: score for score in dimension_scores(item, WORDS, known)}


def window(dress):
    return [
        Interaction(
            f"w{at}",
            WHEN + timedelta(minutes=at),
            question,
            answer,
            contexts=(Context(id="p", source="p.md", text=passages[0]),),
        )
        for at, (question, answer, passages) in enumerate(rows(dress))
    ]


def test_every_metric_is_written_with_scorer_and_version():
    found = scored(RIGHTLY)
    assert tuple(found) == METRICS
    assert {(score.source, score.scorer, score.interaction_id) for score in found.values()} == {
        ("proxy", DIMENSIONS_SCORER, "i1")
    }
    assert all(score.scorer_version and (score.value is not None or score.reason) for score in found.values())


def test_an_answer_beside_the_question_is_seen_where_groundedness_is_blind():
    right, beside = scored(RIGHTLY), scored(replace(RIGHTLY, answer=BESIDE["en"]))
    assert beside["relevance"].value < right["relevance"].value - 0.2
    assert beside["support_carried"].value == pytest.approx(right["support_carried"].value, abs=0.02)


@pytest.mark.parametrize(
    ("change", "unscored"),
    [
        ({"answer": None, "outcome": "failed"}, set(METRICS)),
        ({"answer": ABSTENTION, "outcome": "abstained"}, {"relevance", "support_carried", "support_kept"}),
        ({"answer": ""}, {"support_carried", "support_kept"}),
        ({"contexts": ()}, {"relevance", "support_carried", "support_kept", "refusal", "holds"}),
    ],
)
def test_what_cannot_be_scored_has_a_reason(change, unscored):
    found = scored(replace(RIGHTLY, **change))
    assert {metric for metric, score in found.items() if score.value is None} == unscored
    assert all(found[metric].reason for metric in unscored)


def test_an_abstention_is_a_refusal_in_whatever_words():
    assert scored(replace(RIGHTLY, answer="Ask the harbour master.", outcome="abstained"))["refused"].value == 1.0
    assert scored(RIGHTLY)["refused"].value == 0.0


def test_a_record_says_what_the_log_says_of_cuts_and_citations():
    cited = Citation(1, "c0", "a.md", None, 0, 5, "The m", True)
    item = replace(RIGHTLY, flags=("answer_cut_short",), citations=(cited,))
    assert (record_of(item).finish_reason, record_of(item).cited) == ("length", 1)
    assert scored(item)["form"].value < 0.5


def test_the_dress_of_a_window_moves_no_score():
    plain, dressed = window(str), window(lambda text: f"Oracle 7 says: {text}\nStay curious, traveller!")
    for bare, worn in zip(plain, dressed, strict=True):
        before, after = scored(bare, learned_from(plain)), scored(worn, learned_from(dressed))
        assert [before[metric].value for metric in METRICS] == [after[metric].value for metric in METRICS]


def test_habits_come_from_the_answers_before():
    known = learned_from(window(str), before=window(lambda text: f"{text} [1]"))
    assert (known.habits.cited, learned_from(window(str)).habits.cited) == (1.0, 0.0)


def test_templates_are_learned_while_answers_come():
    learning = LogLearner()
    items = window(lambda text: f"Oracle says: {text}") * 2
    known = [learning(record_of(item)) for item in items]
    first, later = (dimension_scores(items[0], WORDS, held) for held in (known[0], known[-1]))
    assert later != first and later[1].value > first[1].value
