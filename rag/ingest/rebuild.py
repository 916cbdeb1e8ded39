"""Ways back: to the revision before, and from damaged vectors or a damaged full-text index."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.chunk import embedding_text
from rag.embed import embed_passages
from rag.errors import IndexDamaged, NoIndexError
from rag.ingest.draft import discard_draft
from rag.ingest.publish import VECTORS, VectorSource, forget_old, rebuild_vectors, sync_lexical
from rag.protocols import Embedder
from rag.store import Catalog, Revision, create_lexical, writer_lock


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What a repair did: the revision it restored, the chunks it holds, and how many texts had to be embedded again."""

    generation: str
    chunks: int
    embedded: int


def rollback(folder: Path) -> str:
    """Publish the revision before the current one again; return its name.

    The current revision is forgotten, an unfinished ingest with it. Nothing is embedded or copied.

    :raises NoIndexError: there is no earlier revision.
    :raises IndexBusy: another process is writing.
    """
    with writer_lock(folder):
        catalog = Catalog(folder)
        try:
            current = catalog.current()
            former = catalog.earlier(current) if current is not None else None
            if current is None or former is None:
                raise NoIndexError(f"The index in {folder} has no earlier revision: only the last one is kept.")
            with catalog.writing() as connection:
                discard_draft(catalog)
                if former.generation == current.generation:
                    sync_lexical(catalog, current.generation, current.id, former.id)
                    _undo(catalog, current, former)
                connection.execute("UPDATE meta SET value = ? WHERE key = 'current'", (former.id,))
                connection.execute("DELETE FROM revisions WHERE id = ?", (current.id,))
            return former.name
        finally:
            catalog.close()


def repair(folder: Path, embedder: Embedder | None = None) -> RepairReport:
    """Rebuild the vectors and the full-text index of the published revision from the catalogue.

    Nothing is embedded, unless vectors are missing from the catalogue itself and an `embedder` is given.

    :raises NoIndexError: nothing is published.
    :raises IndexDamaged: the catalogue itself is damaged, or lacks vectors and there is no embedder.
    :raises IndexBusy: another process is writing.
    """
    with writer_lock(folder):
        catalog = Catalog(folder)
        try:
            _check(catalog)
            current = catalog.current()
            if current is None:
                raise NoIndexError(f"The index in {folder} is not published yet: run `rag ingest PATH` to the end.")
            embedded = _embed_missing(catalog, current, embedder)
            name = _free_name(folder, current)
            wanted = catalog.keys(current.generation, current.id)
            rebuild_vectors(VectorSource(catalog, current.space, current.embedder), folder / name, wanted)
            with catalog.writing() as connection:
                connection.execute(f"DROP TABLE IF EXISTS lexical_{current.generation:d}")
                create_lexical(connection, current.generation)
                sync_lexical(catalog, current.generation, 0, current.id)
                connection.execute("UPDATE revisions SET folder = ? WHERE id = ?", (name, current.id))
            forget_old(catalog, folder)
            return RepairReport(current.name, current.chunks, embedded)
        finally:
            catalog.close()


def _undo(catalog: Catalog, current: Revision, former: Revision) -> None:
    connection = catalog.connection
    newer = "generation = ? AND added > ?"
    connection.execute(
        f"DELETE FROM chunks WHERE document IN (SELECT id FROM documents WHERE {newer})",
        (current.generation, former.id),
    )
    connection.execute(f"DELETE FROM documents WHERE {newer}", (current.generation, former.id))
    connection.execute(
        "UPDATE documents SET removed = NULL WHERE generation = ? AND removed > ?", (current.generation, former.id)
    )


def _check(catalog: Catalog) -> None:
    try:
        (found,) = catalog.connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise IndexDamaged(f"{catalog.path} itself is damaged ({found}): restore it, or delete it and ingest again.")


def _embed_missing(catalog: Catalog, current: Revision, embedder: Embedder | None) -> int:
    wanted = sorted(catalog.keys(current.generation, current.id))
    missing = sorted(set(wanted) - catalog.cached(current.space))
    if not missing:
        return 0
    if embedder is None or embedder.id != current.embedder:
        raise IndexDamaged(
            f"{len(missing)} of {len(wanted)} vectors are missing from {catalog.path}: repair with embedder"
            f" {current.embedder}, which makes them again."
        )
    passages = catalog.passages(current.generation, current.id, "key", missing)
    texts = {passage.key: embedding_text(passage.chunk) for passage in passages}
    vectors = embed_passages([texts[key] for key in missing], embedder)
    with catalog.writing() as connection:
        packed = [(current.space, key, v.astype(np.float16).tobytes()) for key, v in zip(missing, vectors, strict=True)]
        connection.executemany("INSERT OR REPLACE INTO vectors (space, key, vector) VALUES (?, ?, ?)", packed)
    return len(missing)


def _free_name(folder: Path, current: Revision) -> str:
    attempt = 1
    while (folder / (name := f"{VECTORS}/r{current.id}-{attempt}")).exists():
        attempt += 1
    return name
