"""The full-text index of a generation: made, brought from one revision to another, made anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from data.text import TOKENIZER, index_terms
from rag.store.catalog import Catalog
from rag.store.revision import Revision


def create_lexical(connection: sqlite3.Connection, generation: int) -> None:
    """Make the full-text index of a generation."""
    connection.execute(f'CREATE VIRTUAL TABLE lexical_{generation:d} USING fts5(terms, tokenize = "{TOKENIZER}")')


def drop_lexical(connection: sqlite3.Connection, generation: int) -> None:
    """Drop the full-text index of a generation, if there is one."""
    connection.execute(f"DROP TABLE IF EXISTS lexical_{generation:d}")


def sync_lexical(catalog: Catalog, generation: int, before: int, after: int) -> None:
    """Bring the full-text index of a generation from revision `before` to `after`, inside the caller's transaction."""
    connection = catalog.connection
    table = f"lexical_{generation:d}"
    gone = _chunk_rows(connection, generation, before, after)
    connection.executemany(f"DELETE FROM {table} WHERE rowid = ?", [(row,) for row, _, _, _ in gone])
    new = _chunk_rows(connection, generation, after, before)
    connection.executemany(
        f"INSERT INTO {table} (rowid, terms) VALUES (?, ?)",
        ((row, index_terms(f"{heading}\n{text}", language)) for row, heading, text, language in new),
    )


def rebuild_lexical(catalog: Catalog, revision: Revision) -> None:
    """Make the full-text index of a published revision anew, inside the caller's transaction."""
    drop_lexical(catalog.connection, revision.generation)
    create_lexical(catalog.connection, revision.generation)
    sync_lexical(catalog, revision.generation, 0, revision.id)


def _chunk_rows(
    connection: sqlite3.Connection, generation: int, inside: int, outside: int
) -> Iterator[tuple[int, str, str, str]]:
    """Yield the chunks visible in revision `inside` but not in revision `outside` (row, heading, text, language)."""
    yield from connection.execute(
        "SELECT c.id, c.heading, c.text, c.language FROM chunks c JOIN documents d ON d.id = c.document"
        " WHERE d.generation = :generation AND d.added <= :inside AND (d.removed IS NULL OR d.removed > :inside)"
        " AND NOT (d.added <= :outside AND (d.removed IS NULL OR d.removed > :outside))",
        {"generation": generation, "inside": inside, "outside": outside},
    )
