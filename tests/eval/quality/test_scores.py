from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from data.records import ABSTENTION, Citation, Context, Interaction, Score
from eval.quality.groundedness import GroundednessProxy
from eval.quality.knowledge import LogKnowledge
from eval.quality.refusal import learn_refusals
from eval.quality.scores import rescored, score_interaction, score_with, scorer_of
from tests.eval.quality.test_dimensions import window

PROXY = GroundednessProxy.load()
PASSAGE = Context(
    id="c", source="a.md", text="The ferry leaves Brenna at 07:40 and costs 24.50 euros. It carries two dogs."
)
INTERACTION = Interaction(
    "i7",
    datetime(2026, 1, 1, tzinfo=UTC),
    "When does the ferry leave, and what do 3 tickets cost?",
    "The ferry leaves Brenna at 07:40 and carries 2 dogs. One ticket costs 24.50 euros, so 3 cost 99 euros [1].",
    contexts=(PASSAGE,),
    citations=(
        Citation(1, "c", "a.md", None, 0, 5, "The f", True),
        Citation(2, "c", "a.md", None, 0, 5, "The f", False),
    ),
)


def scored(interaction):
    return {score.metric: score for score in score_interaction(interaction, PROXY)}


def test_every_proxy_metric_is_written_with_its_scorer_and_version():
    scores = scored(INTERACTION)
    assert set(scores) == {"groundedness", "citation_support", "number_support"}
    assert {score.source for score in scores.values()} == {"proxy"}
    assert all(score.scorer and score.scorer_version and score.interaction_id == "i7" for score in scores.values())
    assert scores["groundedness"].scorer_version.startswith(PROXY.version)


def test_values_are_the_shares_counted_by_hand():
    scores = scored(INTERACTION)
    assert scores["citation_support"].value == 0.5
    # 7:40, 2 (spelled "two"), 24.50 and 3 (asked for) are known, 99 is not
    assert scores["number_support"].value == pytest.approx(4 / 5)
    assert 0 < scores["groundedness"].value < 1


@pytest.mark.parametrize(
    ("interaction", "metric", "reason"),
    [
        (replace(INTERACTION, outcome="failed", answer=None), "groundedness", "failed"),
        (replace(INTERACTION, outcome="failed", answer=None), "citation_support", "failed"),
        (replace(INTERACTION, outcome="abstained"), "groundedness", "abstained"),
        (replace(INTERACTION, answer=ABSTENTION), "groundedness", "abstained"),
        (replace(INTERACTION, answer="The passages do not say."), "groundedness", "abstention"),
        (replace(INTERACTION, contexts=()), "groundedness", "no passage text"),
        (replace(INTERACTION, contexts=(replace(PASSAGE, text=None),)), "number_support", "no passage text"),
        (replace(INTERACTION, citations=()), "citation_support", "no citations"),
        (replace(INTERACTION, answer="The ferry carries dogs."), "number_support", "no numbers"),
        (replace(INTERACTION, answer="   "), "groundedness", "no answer"),
    ],
)
def test_what_cannot_be_scored_is_missing_with_its_reason_and_never_zero(interaction, metric, reason):
    score = scored(interaction)[metric]
    assert score.value is None
    assert reason in score.reason


def kept_by_log(window, scorer):
    return tuple(score for item in window for score in scorer(item))


def values(scores, metric):
    return [score.value for score in scores if score.metric == metric]


def test_a_window_scored_anew_is_scored_without_the_dress_that_its_answers_share():
    plain, dressed = window(str), window(lambda text: f"Oracle 7 says: {text}\nStay curious, traveller!")
    logged = kept_by_log(dressed, score_with(LogKnowledge()))
    bare = kept_by_log(plain, scorer_of(plain))
    anew = rescored(dressed, logged)
    for metric in ("groundedness", "support_carried"):
        assert np.mean(values(logged, metric)) < np.mean(values(bare, metric)) - 0.01
        assert values(anew, metric) == values(bare, metric)


def test_scores_of_people_and_judges_stay_and_none_is_doubled():
    plain = window(str)
    human = Score(plain[0].id, "correct", 1.0, "human")
    anew = rescored(plain, (human, *kept_by_log(plain, scorer_of(plain))))
    assert human in anew
    assert len({(score.interaction_id, score.metric, score.scorer) for score in anew}) == len(anew)


def test_a_record_without_passage_texts_keeps_its_scores():
    bare = [replace(item, contexts=()) for item in window(str)]
    logged = tuple(Score(item.id, "groundedness", 0.25, "proxy") for item in bare)
    assert rescored(bare, logged) == logged


def test_relevance_by_vectors_stays_where_the_answer_draws_on_the_same_sentences():
    plain = window(str)
    scores = kept_by_log(plain, scorer_of(plain))
    by_vectors = tuple(
        replace(score, value=0.125, scorer_version=score.scorer_version.replace("-words", "-vectors"))
        if score.metric == "relevance"
        else score
        for score in scores
    )
    assert set(values(rescored(plain, by_vectors), "relevance")) == {0.125}
    older = tuple(replace(score, scorer_version="0-vectors") for score in by_vectors)
    assert values(rescored(plain, older), "relevance") == values(scores, "relevance")


def test_a_refusal_in_the_words_of_the_application_has_no_groundedness():
    refusal = replace(INTERACTION, answer="Our harbour desk keeps no such facts, sorry traveller.")
    learned = replace(LogKnowledge(), refusals=learn_refusals([], [refusal.answer]))
    found = {score.metric: score for score in score_interaction(refusal, PROXY, learned)}
    assert found["groundedness"].value is None and "refusal" in found["groundedness"].reason
    assert scored(refusal)["groundedness"].value is not None
