from datetime import UTC, datetime

import pytest

from data.log import InteractionLog
from data.log.unscored import score_unscored
from data.records import Interaction, Score

AT = datetime(2026, 5, 1, tzinfo=UTC)


def row(name, **more):
    return Interaction(name, AT, "Why?", "Because.", **more)


def length(interaction):
    return [Score(interaction.id, "length", 1.0, "proxy")]


@pytest.fixture
def log(tmp_path):
    opened = InteractionLog.at_path(tmp_path / "log.sqlite")
    yield opened
    opened.close()


def test_only_answers_of_ours_that_have_no_score_of_ours_are_scored(log):
    ours = {"question_vector": b"\0\0"}
    log.append(
        [row("unscored", **ours), row("scored", **ours), row("rated", **ours), row("imported")],
        [Score("scored", "groundedness", 0.5, "proxy"), Score("rated", "thumbs", 1.0, "human")],
    )
    assert score_unscored(log, length) == 2
    assert {score.interaction_id for score in log.scores() if score.metric == "length"} == {"unscored", "rated"}
    assert score_unscored(log, length) == 0


def test_more_than_one_batch_is_scored(log):
    log.append([row(str(number), question_vector=b"\0\0") for number in range(1203)])
    assert score_unscored(log, length) == 1203
    assert len(log.scores()) == 1203
