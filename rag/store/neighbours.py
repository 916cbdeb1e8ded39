"""Which passages of a document lie beside each other, in reading order."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from rag.store import Revision


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The place of an indexed passage in its document; those with equal page and heading may be joined."""

    start: int
    end: int
    page: int | None
    heading: str


def read_neighbours(connection: sqlite3.Connection, revision: Revision, source: str) -> list[Neighbour]:
    """Return the places of all passages of a source that are visible in a revision, in reading order."""
    rows = connection.execute(
        'SELECT c."start", c."end", c.page, c.heading FROM chunks c JOIN documents d ON d.id = c.document'
        " WHERE d.source = ? AND d.generation = ? AND d.added <= ? AND (d.removed IS NULL OR d.removed > ?)"
        " ORDER BY 1, 2",
        (source, revision.generation, revision.id, revision.id),
    )
    return [Neighbour(*row) for row in rows]
