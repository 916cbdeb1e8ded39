"""From a draft to what readers see: vectors in a folder of their own, then one transaction, then the tidying up.

The folder is complete before the catalogue names it, so a process killed on the way leaves readers where they were.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.text import index_terms
from rag.errors import IndexDamaged, ShadowRefused
from rag.index import Fusion, Index, forget_twins, record_twins
from rag.ingest.calibrate import is_stale, measure_strength, sample_known_items
from rag.ingest.draft import RevisionDraft, discard_draft
from rag.protocols import Embedder
from rag.store import Catalog, Revision, VectorStore, check_seal, copy_folder, seal

Accept = Callable[[Index], str | None]
"""Looks at the index as it would be published and returns None, or in one sentence why it should not be.

The published index can meanwhile be opened and searched as ever.
"""


def ask_to_accept(catalog: Catalog, folder: Path, embedder: Embedder, accept: Accept) -> None:
    """Show `accept` the revision that the caller's transaction is about to publish; undone with that transaction.

    A process killed meanwhile has published nothing.

    :raises ShadowRefused: `accept` gave a reason against it.
    """
    shadow = Index(folder, catalog, embedder)
    try:
        reason = accept(shadow)
    finally:
        shadow.release()
    if reason is not None:
        raise ShadowRefused(reason)


VECTORS = "chroma"
KEPT_REVISIONS = 2
"""The published revision and the one `rollback` returns to."""

_AT_ONCE = 5000
_MOST_CHANGE = 0.2
"""Beyond this share of added or removed vectors a folder is built anew: cheaper, and free of what was deleted."""


def publish(
    catalog: Catalog, folder: Path, embedder: Embedder, draft: RevisionDraft, now: str, accept: Accept | None = None
) -> int:
    """Publish a draft, or drop it when it changes nothing; return how many chunks the index holds.

    A draft that was built otherwise than the published index is first shown to `accept`.

    :raises ShadowRefused: `accept` was against it; the draft is kept, and readers stay where they were.
    :raises IndexDamaged: the vectors of the draft could not be written whole; readers stay where they were.
    """
    current = catalog.current()
    same_build = current is not None and current.generation == draft.generation
    if not draft.changed and (same_build or not draft.known):
        with catalog.writing():
            discard_draft(catalog)
        return current.chunks if current is not None else 0
    base = catalog.revision(draft.base)
    name = build_vectors(catalog, folder, embedder.id, base, draft)
    with catalog.writing():
        sync_lexical(catalog, draft.generation, draft.base, draft.number)
        record_twins(catalog, draft.generation, draft.number)
        announce(catalog, draft, name, _learn_fusion(catalog, folder / name, embedder, draft, base), now)
        if accept is not None and current is not None and not same_build:
            ask_to_accept(catalog, folder, embedder, accept)
    forget_old(catalog, folder)
    published = catalog.current()
    return published.chunks if published is not None else 0


def _learn_fusion(
    catalog: Catalog, folder: Path, embedder: Embedder, draft: RevisionDraft, base: Revision | None
) -> Fusion:
    """Return the former weights while they still fit the size of the index, else measure new ones."""
    former = Fusion.unpack(base.fusion) if base is not None else Fusion()
    rows = catalog.chunk_languages(draft.generation, draft.number)
    if not is_stale(former, len(rows)):
        return former
    items = sample_known_items(catalog, draft.generation, draft.number, rows, np.random.default_rng(0))
    store = VectorStore(folder, embedder.id)
    try:
        return Fusion(measure_strength(catalog, draft.generation, store, embedder, items), len(rows))
    finally:
        store.close()


def build_vectors(catalog: Catalog, folder: Path, embedder: str, base: Revision | None, draft: RevisionDraft) -> str:
    """Write the vectors of the draft below `folder` from the cache; return the name of the new folder.

    :raises IndexDamaged: the cache lacks a vector, or Chroma did not keep what it was given.
    """
    name = f"{VECTORS}/r{draft.number}"
    source = VectorSource(catalog, draft.space, embedder)
    wanted = catalog.keys(draft.generation, draft.number)
    held = catalog.keys(base.generation, base.id) if base is not None else set()
    if base is not None and len(wanted ^ held) <= _MOST_CHANGE * len(held):
        try:
            check_seal(folder / base.folder)
            copy_folder(folder / base.folder, folder / name)
            write_vectors(source, folder / name, wanted, held)
            return name
        except (IndexDamaged, OSError, sqlite3.DatabaseError):
            pass  # the former folder is damaged; a new one does not need it
    rebuild_vectors(source, folder / name, wanted)
    return name


@dataclass(frozen=True, slots=True)
class VectorSource:
    """Where vectors are taken from: the cache of `catalog`, those of `space`, made by `embedder`."""

    catalog: Catalog
    space: str
    embedder: str

    def read(self, keys: Sequence[str]) -> list[NDArray[np.float32]]:
        """Return the vectors of `keys`, in order.

        :raises IndexDamaged: one is not in the cache.
        """
        vectors = self.catalog.vectors(self.space, keys)
        if len(vectors) < len(keys):
            raise IndexDamaged(
                f"{len(keys) - len(vectors)} vectors are missing from {self.catalog.path}:"
                " run `rag repair`, which embeds those again."
            )
        return [vectors[key] for key in keys]


def rebuild_vectors(source: VectorSource, folder: Path, wanted: set[str]) -> None:
    """Make a folder with exactly the `wanted` vectors, whatever was there before."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_vectors(source, folder, wanted, None)


def write_vectors(source: VectorSource, folder: Path, wanted: set[str], held: set[str] | None) -> None:
    """Bring a folder that holds the vectors `held` (None: a new one) to hold those `wanted`, and seal it.

    A folder that cannot be finished is removed: on a full disk it would keep readers from opening the one they have.
    """
    try:
        _write_all(source, folder, wanted, held)
        seal(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write_all(source: VectorSource, folder: Path, wanted: set[str], held: set[str] | None) -> None:
    missing, gone = sorted(wanted - (held or set())), sorted((held or set()) - wanted)
    store = VectorStore(folder, source.embedder, create=held is None)
    try:
        count = len(held or ())
        for at in range(0, max(len(missing), 1), _AT_ONCE):
            keys = missing[at : at + _AT_ONCE]
            count = store.write(keys, source.read(keys), gone if at == 0 else [])
    finally:
        store.close()
    if count != len(wanted):
        raise IndexDamaged(f"{folder} holds {count} of {len(wanted)} vectors: run `rag repair`.")


def sync_lexical(catalog: Catalog, generation: int, before: int, after: int) -> None:
    """Bring the full-text index of a generation from revision `before` to `after`, inside the caller's transaction."""
    connection = catalog.connection
    table = f"lexical_{generation:d}"
    gone = _chunk_rows(catalog, generation, before, after)
    connection.executemany(f"DELETE FROM {table} WHERE rowid = ?", [(row,) for row, _, _, _ in gone])
    new = _chunk_rows(catalog, generation, after, before)
    connection.executemany(
        f"INSERT INTO {table} (rowid, terms) VALUES (?, ?)",
        ((row, index_terms(f"{heading}\n{text}", language)) for row, heading, text, language in new),
    )


def _chunk_rows(catalog: Catalog, generation: int, inside: int, outside: int) -> Iterator[tuple[int, str, str, str]]:
    """Yield the chunks visible in revision `inside` but not in revision `outside` (row, heading, text, language)."""
    yield from catalog.connection.execute(
        "SELECT c.id, c.heading, c.text, c.language FROM chunks c JOIN documents d ON d.id = c.document"
        " WHERE d.generation = :generation AND d.added <= :inside AND (d.removed IS NULL OR d.removed > :inside)"
        " AND NOT (d.added <= :outside AND (d.removed IS NULL OR d.removed > :outside))",
        {"generation": generation, "inside": inside, "outside": outside},
    )


def announce(catalog: Catalog, draft: RevisionDraft, folder: str, fusion: Fusion, now: str) -> None:
    """Make the draft the published revision, inside the caller's transaction."""
    connection = catalog.connection
    visible = {"generation": draft.generation, "revision": draft.number}
    documents, chunks = connection.execute(
        "SELECT count(DISTINCT d.id), count(c.id) FROM documents d LEFT JOIN chunks c ON c.document = d.id"
        " WHERE d.generation = :generation AND d.added <= :revision AND (d.removed IS NULL OR d.removed > :revision)",
        visible,
    ).fetchone()
    connection.execute(
        "INSERT INTO revisions (id, generation, folder, fusion, centre, documents, chunks, published)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (draft.number, draft.generation, folder, fusion.pack(), _centre(catalog, draft), documents, chunks, now),
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


def forget_old(catalog: Catalog, folder: Path) -> None:
    """Drop all but the newest kept revisions, and every row, vector and folder only they needed."""
    with catalog.writing() as connection:
        kept = connection.execute(
            "SELECT id, generation, folder FROM revisions ORDER BY id DESC LIMIT ?", (KEPT_REVISIONS,)
        ).fetchall()
        connection.execute(f"DELETE FROM revisions WHERE id NOT IN ({_numbers(row[0] for row in kept)})")
        for (generation,) in connection.execute("SELECT id FROM generations").fetchall():
            oldest = min((row[0] for row in kept if row[1] == generation), default=None)
            _forget_documents(catalog, generation, oldest)
        connection.execute("DELETE FROM chunks WHERE document NOT IN (SELECT id FROM documents)")
        connection.execute("DELETE FROM extracts WHERE hash NOT IN (SELECT extract FROM documents)")
        connection.execute(
            "DELETE FROM vectors WHERE key NOT IN (SELECT key FROM chunks)"
            " OR space NOT IN (SELECT space FROM generations)"
        )
        forget_twins(connection)
    for path in (folder / VECTORS).glob("*"):
        if f"{VECTORS}/{path.name}" not in {row[2] for row in kept}:
            shutil.rmtree(path, ignore_errors=True)


def _forget_documents(catalog: Catalog, generation: int, oldest: int | None) -> None:
    connection = catalog.connection
    if oldest is None:
        connection.execute("DELETE FROM documents WHERE generation = ?", (generation,))
        connection.execute(f"DROP TABLE IF EXISTS lexical_{generation:d}")
        connection.execute("DELETE FROM generations WHERE id = ?", (generation,))
    else:
        connection.execute("DELETE FROM documents WHERE generation = ? AND removed <= ?", (generation, oldest))


def _numbers(values: Iterable[int]) -> str:
    return ", ".join(str(int(value)) for value in values)
