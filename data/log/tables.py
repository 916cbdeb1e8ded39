"""The tables of the interaction log, and the steps from one version of them to the next."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from data.errors import WorkspaceError
from data.log.places import cannot_write, shown_url

metadata = sa.MetaData()

interactions = sa.Table(
    "interactions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("at", sa.String(32), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("question_vector", sa.LargeBinary),
    sa.Column("answer_vector", sa.LargeBinary),
)
scores = sa.Table(
    "scores",
    metadata,
    sa.Column("interaction_id", sa.String(64), primary_key=True),
    sa.Column("metric", sa.String(64), primary_key=True),
    sa.Column("source", sa.String(16), primary_key=True),
    sa.Column("scorer", sa.String(64), primary_key=True),
    sa.Column("scorer_version", sa.String(64), primary_key=True),
    sa.Column("value", sa.Float),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("scale", sa.String(64), nullable=False, server_default=""),
)
baselines = sa.Table(
    "baselines",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("created", sa.String(32), nullable=False),
    sa.Column("since", sa.String(32), nullable=False),
    sa.Column("until", sa.String(32), nullable=False),
)
sketches = sa.Table(
    "sketches",
    metadata,
    sa.Column("frame", sa.String(128), primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("mark", sa.String(64), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
schema = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, primary_key=True))


def _create_tables(connection: sa.Connection) -> None:
    metadata.create_all(connection)


def _create_sketches(connection: sa.Connection) -> None:
    sketches.create(connection, checkfirst=True)


def _add_scales(connection: sa.Connection) -> None:
    if "scale" not in {column["name"] for column in sa.inspect(connection).get_columns("scores")}:
        connection.execute(sa.text("ALTER TABLE scores ADD COLUMN scale VARCHAR(64) NOT NULL DEFAULT ''"))


MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = (_create_tables, _create_sketches, _add_scales)
"""Applied in order, each once; append only."""


def migrate(connection: sa.Connection, url: str, *, writable: bool = True) -> None:
    """Bring the tables up to date, each step once; those of a log that may only be read must be so already.

    :raises WorkspaceError: a newer version of this program wrote them, or an older one and they may only be read.
    """
    if writable:
        schema.create(connection, checkfirst=True)
    applied = connection.execute(sa.select(sa.func.coalesce(sa.func.max(schema.c.version), 0))).scalar_one()
    if applied > len(MIGRATIONS):
        known = len(MIGRATIONS)
        shown = shown_url(url)
        raise WorkspaceError(
            f"The log at {shown} has schema {applied}, this version knows {known}: upgrade silentdrift."
        )
    if applied < len(MIGRATIONS) and not writable:
        raise cannot_write(url)
    for version, migration in enumerate(MIGRATIONS[applied:], start=applied + 1):
        migration(connection)
        connection.execute(sa.insert(schema).values(version=version))
