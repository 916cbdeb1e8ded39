"""Answers of ours that nobody scored when they were written, as those of `rag.open` without a scorer."""

from __future__ import annotations

import sqlalchemy as sa

from data.log.interaction_log import InteractionLog
from data.log.tables import interactions, scores
from data.records import Scorer

_BATCH = 500


def score_unscored(log: InteractionLog, score: Scorer) -> int:
    """Score the answers that came with the vector of their question and have no score of ours; return how many.

    :raises WorkspaceError: the database refused the write.
    """
    ids = _unscored(log)
    for start in range(0, len(ids), _BATCH):
        found = log.some(ids[start : start + _BATCH])
        log.append([], [made for interaction in found for made in score(interaction)])
    return len(ids)


def _unscored(log: InteractionLog) -> list[str]:
    scored = sa.exists().where(scores.c.interaction_id == interactions.c.id, scores.c.source == "proxy")
    query = sa.select(interactions.c.id).where(interactions.c.question_vector.is_not(None), ~scored)
    with log.engine.connect() as connection:
        return list(connection.execute(query).scalars())
