"""The published revisions: a draft joins them, the newest is taken back, the oldest are forgotten."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from rag.store.catalog import VISIBLE, Catalog
from rag.store.draft import RevisionDraft
from rag.store.families import forget_families
from rag.store.lexical import drop_lexical, sync_lexical
from rag.store.revision import Revision

KEPT_REVISIONS = 2
"""The published revision and the one before it, to which a rollback returns."""

_AT_ONCE = 5000


def publish_draft(catalog: Catalog, draft: RevisionDraft, folder: str, fusion: str, now: str) -> None:
    """Make the draft, whose vectors lie in `folder`, the published revision, inside the caller's transaction."""
    connection = catalog.connection
    documents, chunks = connection.execute(
        "SELECT count(DISTINCT d.id), count(c.id) FROM documents d LEFT JOIN chunks c ON c.document = d.id"
        f" WHERE {VISIBLE}",
        {"generation": draft.generation, "revision": draft.number},
    ).fetchone()
    connection.execute(
        "INSERT INTO revisions (id, generation, folder, fusion, centre, documents, chunks, published)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (draft.number, draft.generation, folder, fusion, _centre(catalog, draft), documents, chunks, now),
    )
    connection.execute("UPDATE meta SET value = ? WHERE key = 'current'", (draft.number,))
    connection.execute("UPDATE meta SET value = 0 WHERE key IN ('draft', 'draft_generation')")


def _centre(catalog: Catalog, draft: RevisionDraft) -> bytes:
    """Return the mean of the draft's vectors as float32 bytes; zeros for an empty index."""
    (dimensions,) = catalog.connection.execute(
        "SELECT dimensions FROM generations WHERE id = ?", (draft.generation,)
    ).fetchone()
    keys = sorted(catalog.keys(draft.generation, draft.number))
    total = np.zeros(dimensions, np.float64)
    for at in range(0, len(keys), _AT_ONCE):
        total += np.sum(list(catalog.vectors(draft.space, keys[at : at + _AT_ONCE]).values()), axis=0)
    return (total / max(1, len(keys))).astype(np.float32).tobytes()


def step_back(catalog: Catalog, current: Revision, former: Revision) -> None:
    """Publish `former` again and forget `current`, inside the caller's transaction."""
    connection = catalog.connection
    if former.generation == current.generation:
        sync_lexical(catalog, current.generation, current.id, former.id)
        _forget_newer(catalog, former)
    connection.execute("UPDATE meta SET value = ? WHERE key = 'current'", (former.id,))
    connection.execute("DELETE FROM revisions WHERE id = ?", (current.id,))


def _forget_newer(catalog: Catalog, former: Revision) -> None:
    """Leave of the documents of a generation what they were in revision `former`."""
    connection, since = catalog.connection, (former.generation, former.id)
    newer = "generation = ? AND added > ?"
    connection.execute(f"DELETE FROM chunks WHERE document IN (SELECT id FROM documents WHERE {newer})", since)
    connection.execute(f"DELETE FROM documents WHERE {newer}", since)
    connection.execute("UPDATE documents SET removed = NULL WHERE generation = ? AND removed > ?", since)


def move_vectors(catalog: Catalog, revision: Revision, folder: str) -> None:
    """Note that the vectors of a revision now lie in `folder`, inside the caller's transaction."""
    catalog.connection.execute("UPDATE revisions SET folder = ? WHERE id = ?", (folder, revision.id))


def forget_revisions(catalog: Catalog, kept_revisions: int = KEPT_REVISIONS) -> set[str]:
    """Drop all but the newest revisions and every row only they needed; return the vector folders still needed."""
    with catalog.writing() as connection:
        kept = connection.execute(
            "SELECT id, generation, folder FROM revisions ORDER BY id DESC LIMIT ?", (kept_revisions,)
        ).fetchall()
        _forget_all_but(catalog, [row[0] for row in kept])
        for (generation,) in connection.execute("SELECT id FROM generations").fetchall():
            oldest = min((row[0] for row in kept if row[1] == generation), default=None)
            _forget_documents(catalog, generation, oldest)
        connection.execute("DELETE FROM chunks WHERE document NOT IN (SELECT id FROM documents)")
        connection.execute("DELETE FROM extracts WHERE hash NOT IN (SELECT extract FROM documents)")
        connection.execute(
            "DELETE FROM vectors WHERE key NOT IN (SELECT key FROM chunks)"
            " OR space NOT IN (SELECT space FROM generations)"
        )
        forget_families(catalog)
    return {row[2] for row in kept}


def wipe_free_space(catalog: Catalog) -> None:
    """Write the file anew without what was deleted from it, and empty its log of changes."""
    catalog.connection.execute("VACUUM")
    catalog.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _forget_all_but(catalog: Catalog, kept: Collection[int]) -> None:
    marks = ",".join("?" * len(kept))
    catalog.connection.execute(f"DELETE FROM revisions WHERE id NOT IN ({marks})", tuple(kept))


def _forget_documents(catalog: Catalog, generation: int, oldest: int | None) -> None:
    """Drop the documents that left a generation by its `oldest` kept revision; without one the whole generation."""
    connection = catalog.connection
    if oldest is None:
        connection.execute("DELETE FROM documents WHERE generation = ?", (generation,))
        drop_lexical(connection, generation)
        connection.execute("DELETE FROM generations WHERE id = ?", (generation,))
    else:
        connection.execute("DELETE FROM documents WHERE generation = ? AND removed <= ?", (generation, oldest))
