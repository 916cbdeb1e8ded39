from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data.records import ABSTENTION, Citation, Context, Interaction
from eval.quality.groundedness import GroundednessProxy
from eval.quality.scores import score_interaction

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
