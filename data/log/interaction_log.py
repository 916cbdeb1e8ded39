"""The interaction log: every question, what became of it, and every score, in one SQL database.

SQLite by default (`.rag/log.sqlite`, write-ahead logging, so that reports read while answers are written); any
SQLAlchemy URL works. Each `append` is one transaction: after a kill the log holds whole interactions or none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from data.arguments import expect, given_path, given_text, given_time
from data.errors import InputError, cause
from data.log.periods import window_of
from data.log.places import cannot_open, cannot_write, open_engine
from data.log.redact import Redactor
from data.log.rows import format_time, from_row, parse_time, score_row, to_row
from data.log.tables import baselines as _baselines
from data.log.tables import interactions as _interactions
from data.log.tables import migrate
from data.log.tables import scores as _scores
from data.records import Interaction, Kind, Score
from data.scales import MetricSettings
from data.text import storable

_BATCH = 500
_ROWS_OWN = (sa.exc.DataError, sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.InterfaceError)
"""What databases raise for a value that they cannot hold."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Baseline:
    """A pinned reference period ``[since, until)``; setting a name again makes its next version."""

    name: str
    version: int
    created: datetime
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class LogSpan:
    """How much the log holds: the number of interactions, and the times of the first and last."""

    interactions: int
    first: datetime | None
    last: datetime | None


class InteractionLog:
    """Append-only store of interactions and scores behind one database URL."""

    def __init__(self, url: str, redact: Redactor | None = None, metrics: MetricSettings | None = None) -> None:
        """Open the database at `url`, creating or upgrading its tables; `redact` sees all before it is written.

        `metrics` tell of scores what did not come with them, whenever they are read. A log in a folder that may not be
        written can be read as ever: `writable` tells.

        :raises WorkspaceError: the URL cannot be used, the database cannot be opened or was written by a newer version.
        """
        self._redact = redact or Redactor()
        self._metrics = metrics or MetricSettings()
        self._url = url
        self._engine, self.writable = open_engine(url)
        try:
            with self._engine.begin() as connection:
                migrate(connection, url, writable=self.writable)
        except sa.exc.SQLAlchemyError as error:
            raise cannot_open(url, error) from error

    @classmethod
    def at_path(
        cls, path: Path, redact: Redactor | None = None, metrics: MetricSettings | None = None
    ) -> InteractionLog:
        """Open the SQLite log at `path`, creating it when absent."""
        return cls(f"sqlite:///{given_path('InteractionLog.at_path', 'path', path, 'a file')}", redact, metrics)

    @property
    def engine(self) -> sa.Engine:
        """The database, for what else is kept in it (`data.log.sketches`)."""
        return self._engine

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Write all or nothing.

        :raises WorkspaceError: the log may only be read, or the database refused the write.
        """
        if not self.writable:
            raise cannot_write(self._url)
        try:
            with self._engine.begin() as connection:
                yield connection
        except _ROWS_OWN as error:
            raise InputError(f"A row cannot be held by the log ({cause(error)}).") from error
        except sa.exc.SQLAlchemyError as error:
            raise cannot_write(self._url, error) from error

    def close(self) -> None:
        """Release the database file."""
        self._engine.dispose()

    def append(self, interactions: Iterable[Interaction], scores: Iterable[Score] = ()) -> int:
        """Write interactions and scores; an id already present is left as it is, a score already present is replaced.

        :returns: how many interactions were new.
        :raises InputError: one of them is nothing that the database can hold; none is written.
        :raises WorkspaceError: the database refused the write (disk full, locked for over 30 s).
        """
        new = 0
        for name, given in (("interactions", interactions), ("scores", scores)):
            expect("InteractionLog.append", name, given, Iterable, "a list of them")
        with self.writing() as connection:
            for batch in _batches(interactions):
                new += self._insert_new(connection, [self._row(item) for item in batch])
            for batch_of_scores in _batches(scores):
                self._upsert_scores(connection, [score_row(self._redact.score(score)) for score in batch_of_scores])
        return new

    def rewrite(
        self,
        change: Callable[[Interaction], Interaction],
        since: datetime | None = None,
        until: datetime | None = None,
        kinds: tuple[Kind, ...] | None = None,
    ) -> int:
        """Replace the interactions of a period by what `change` makes of them; return how many are different now.

        One transaction per batch, and the same again changes nothing: after a kill, run it again.

        :raises WorkspaceError: the database refused the write.
        """
        return self.rewrite_ids(self.ids(since, until, kinds), change)

    def rewrite_ids(self, ids: Iterable[str], change: Callable[[Interaction], Interaction]) -> int:
        """Do as `rewrite` does to the interactions named; ids that the log does not hold are passed over."""
        return sum(self._rewrite_batch(batch, change) for batch in _batches(ids))

    def some(self, ids: Iterable[str]) -> list[Interaction]:
        """Return the interactions with these ids that the log holds, in no particular order."""
        found: list[Interaction] = []
        with self._engine.connect() as connection:
            for batch in _batches(ids):
                query = sa.select(_interactions).where(_interactions.c.id.in_(batch))
                found += [from_row(row) for row in connection.execute(query).mappings()]
        return found

    def ids(
        self, since: datetime | None = None, until: datetime | None = None, kinds: tuple[Kind, ...] | None = ("user",)
    ) -> list[str]:
        """Return the ids of the interactions that `read` with the same arguments yields, in the same order."""
        query = window_of(sa.select(_interactions.c.id), since, until, kinds)
        with self._engine.connect() as connection:
            return list(connection.execute(query.order_by(_interactions.c.at, _interactions.c.id)).scalars())

    def read(
        self, since: datetime | None = None, until: datetime | None = None, kinds: tuple[Kind, ...] | None = ("user",)
    ) -> Iterator[Interaction]:
        """Yield interactions with ``since <= at < until`` in order of time; `kinds` None means all kinds."""
        query = window_of(sa.select(_interactions), since, until, kinds).order_by(
            _interactions.c.at, _interactions.c.id
        )
        with self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=_BATCH).execute(query).mappings():
                yield from_row(row)

    def get(self, interaction_id: str) -> Interaction:
        """Return one interaction.

        :raises InputError: no interaction has that id.
        """
        given_text("InteractionLog.get", "interaction_id", interaction_id, "the id of an answer")
        query = sa.select(_interactions).where(_interactions.c.id == interaction_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise InputError(
                f"No interaction {interaction_id!r} is in the log: `rag ask` prints the id of each answer below it."
            )
        return from_row(row)

    def scores(
        self, since: datetime | None = None, until: datetime | None = None, kinds: tuple[Kind, ...] | None = ("user",)
    ) -> list[Score]:
        """Return the scores of the interactions that `read` with the same arguments yields."""
        joined = sa.select(_scores).join(_interactions, _interactions.c.id == _scores.c.interaction_id)
        query = window_of(joined, since, until, kinds).order_by(*_scores.primary_key.columns)
        with self._engine.connect() as connection:
            return list(self._metrics.told(Score(**row) for row in connection.execute(query).mappings()))

    def span(self) -> LogSpan:
        """Return count and time span of the whole log."""
        query = sa.select(sa.func.count(), sa.func.min(_interactions.c.at), sa.func.max(_interactions.c.at))
        with self._engine.connect() as connection:
            count, first, last = connection.execute(query).one()
        return LogSpan(count, parse_time(first) if first else None, parse_time(last) if last else None)

    def set_baseline(self, name: str, since: datetime, until: datetime, now: datetime) -> Baseline:
        """Pin ``[since, until)`` under `name` as its next version; earlier versions stay readable."""
        given_text("InteractionLog.set_baseline", "name", name, "a name")
        for what, moment in (("since", since), ("until", until), ("now", now)):
            expect("InteractionLog.set_baseline", what, given_time("set_baseline", what, moment), datetime, "a time")
        versions = sa.select(sa.func.coalesce(sa.func.max(_baselines.c.version), 0)).where(_baselines.c.name == name)
        with self.writing() as connection:
            version = connection.execute(versions).scalar_one() + 1
            row = {
                "name": name,
                "version": version,
                "created": format_time(now),
                "since": format_time(since),
                "until": format_time(until),
            }
            connection.execute(sa.insert(_baselines).values(**row))
        return Baseline(name, version, now, since, until)

    def baselines(self) -> list[Baseline]:
        """Return all versions of all baselines, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(_baselines).order_by(_baselines.c.created, _baselines.c.version)
            ).mappings()
            times = ("created", "since", "until")
            return [Baseline(row["name"], row["version"], *(parse_time(row[key]) for key in times)) for row in rows]

    def forget_comments(self, before: datetime) -> int:
        """Delete what people wrote beside their labels of interactions before a time; return how many comments."""
        old = sa.select(_interactions.c.id).where(_interactions.c.at < format_time(before))
        mine = (_scores.c.source == "human") & (_scores.c.reason != "") & _scores.c.interaction_id.in_(old)
        with self.writing() as connection:
            return int(connection.execute(sa.update(_scores).where(mine).values(reason="")).rowcount)

    def compact(self) -> None:
        """Give free space back, so that deleted texts are gone from the files too."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM"))
            if self._engine.dialect.name == "sqlite":
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def _rewrite_batch(self, ids: list[str], change: Callable[[Interaction], Interaction]) -> int:
        query = sa.select(_interactions).where(_interactions.c.id.in_(ids))
        with self.writing() as connection:
            items = [from_row(row) for row in connection.execute(query).mappings().all()]
            fresh = [(item, change(item)) for item in items]
            rows = [to_row(after) for before, after in fresh if after != before]
            for row in rows:
                same = _interactions.c.id == row["id"]
                connection.execute(sa.update(_interactions).where(same).values(**row))
        return len(rows)

    def _row(self, item: Interaction) -> dict[str, Any]:
        expect("InteractionLog.append", "one of the interactions", item, Interaction, "an Interaction")
        return to_row(self._redact.interaction(item))

    def _insert_new(self, connection: sa.Connection, rows: list[dict[str, Any]]) -> int:
        # Counted by what came back: what other writers put in meanwhile is not ours.
        insert = self._insert(_interactions).on_conflict_do_nothing().returning(_interactions.c.id)
        return len(connection.execute(insert, self._held(rows)).all())

    def _upsert_scores(self, connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
        insert = self._insert(_scores)
        update = {name: getattr(insert.excluded, name) for name in ("value", "reason", "scale")}
        connection.execute(
            insert.on_conflict_do_update(index_elements=list(_scores.primary_key.columns), set_=update),
            self._held(rows),
        )

    def _held(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self._engine.dialect.name != "postgresql":  # which takes no NUL in a text
            return rows
        return [{name: storable(item) if isinstance(item, str) else item for name, item in row.items()} for row in rows]

    def _insert(self, table: sa.Table) -> Any:
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        return dialect.insert(table)


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch
