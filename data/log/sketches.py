"""Daily sketches in the log's database: what is kept of each day, and whether the day has changed since.

A day's mark is what the log holds of it: how many records and scores, and the sum of the scores. A sketch whose mark
is not the day's any more was made before late rows or scores came, and is to be made again. Days whose texts were
deleted keep their marks, as rows and scores stay.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from data.log.interaction_log import InteractionLog
from data.log.rows import format_time
from data.log.tables import interactions, scores, sketches

FRAME_DAY = ""
"""The row of a frame that holds the frame itself: topics and bandwidth, frozen at the baseline."""


def count_users(log: InteractionLog, since: datetime, until: datetime) -> int:
    """Count users' questions of ``[since, until)``."""
    period = sa.and_(
        interactions.c.at >= format_time(since), interactions.c.at < format_time(until), interactions.c.kind == "user"
    )
    with log.engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(interactions).where(period)).scalar_one())


def count_scores(log: InteractionLog) -> int:
    """Count all scores of the log."""
    with log.engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(scores)).scalar_one())


def day_marks(log: InteractionLog, since: datetime, until: datetime) -> dict[date, str]:
    """Return the mark of every UTC day of ``[since, until)`` on which users asked something."""
    period = sa.and_(
        interactions.c.at >= format_time(since),
        interactions.c.at < format_time(until),
        interactions.c.kind == "user",
    )
    day = sa.func.substr(interactions.c.at, 1, 10)
    counted = sa.select(day, sa.func.count()).where(period).group_by(day)
    scored = (
        sa.select(day, sa.func.count(), sa.func.count(scores.c.value), sa.func.coalesce(sa.func.sum(scores.c.value), 0))
        .select_from(scores.join(interactions, interactions.c.id == scores.c.interaction_id))
        .where(period)
        .group_by(day)
    )
    with log.engine.connect() as connection:
        found = {row[0]: (row[1], row[2], row[3]) for row in connection.execute(scored)}
        return {
            date.fromisoformat(name): "{} {} {} {:.6f}".format(count, *found.get(name, (0, 0, 0.0)))
            for name, count in connection.execute(counted)
        }


def read_sketches(log: InteractionLog, frame: str) -> dict[str, tuple[str, bytes]]:
    """Return mark and body of every day (ISO 8601) of a frame, and the frame itself under `FRAME_DAY`."""
    query = sa.select(sketches.c.day, sketches.c.mark, sketches.c.body).where(sketches.c.frame == frame)
    with log.engine.connect() as connection:
        return {day: (mark, body) for day, mark, body in connection.execute(query)}


def write_sketch(log: InteractionLog, frame: str, day: str, mark: str, body: bytes) -> None:
    """Keep a sketch in place of the one before, whole or not at all."""
    same = sa.and_(sketches.c.frame == frame, sketches.c.day == day)
    with log.writing() as connection:
        connection.execute(sa.delete(sketches).where(same))
        connection.execute(sa.insert(sketches).values(frame=frame, day=day, mark=mark, body=body))
