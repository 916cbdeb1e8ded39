"""The next revision of an index while it is being prepared: nothing here is seen by readers before it is published.

Every step is one transaction, so a process killed at any moment leaves a draft that the next one continues. Documents
already stored count as unchanged, and vectors already made are in the cache.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import Document, content_hash
from rag.errors import NoIndexError
from rag.protocols import Embedder, Entry, PreparedDocument
from rag.store.catalog import Catalog, pack_spans
from rag.store.embedder_check import embed_check_sentences, same_space
from rag.store.families import add_sketches
from rag.store.lexical import create_lexical


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """A document of the draft: its row, where its file lay (resolved path), the file's hash and the text's hash."""

    row: int
    origin: str
    file_hash: str
    extract: str


class RevisionDraft:
    """Revision `number` of `generation`, being written, from published revision `base` (0: none)."""

    def __init__(self, catalog: Catalog, generation: int, number: int, base: int) -> None:
        self.catalog = catalog
        self.generation = generation
        self.number = number
        self.base = base
        (self.space,) = catalog.connection.execute(
            "SELECT space FROM generations WHERE id = ?", (generation,)
        ).fetchone()
        self.known = self._load()

    @property
    def changed(self) -> bool:
        """Whether the draft differs from the revision it starts from."""
        query = "SELECT EXISTS (SELECT 1 FROM documents WHERE generation = ? AND (added = ? OR removed = ?))"
        found = self.catalog.connection.execute(query, (self.generation, self.number, self.number)).fetchone()
        return bool(found[0])

    def store(
        self,
        documents: Sequence[PreparedDocument],
        vectors: Mapping[str, NDArray[np.float32]],
        sketches: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        """Write documents, new vectors and new sketches in one transaction.

        A document replaces the one with its source.
        """
        with self.catalog.writing():
            self.catalog.add_vectors(self.space, vectors)
            stored = {item.document.source: self._store_one(item) for item in documents}
            add_sketches(self.catalog, sketches)
        self.known.update(stored)

    def remove(self, sources: Sequence[str]) -> None:
        """Take documents out of the draft; the published revision keeps them until the draft is published."""
        with self.catalog.writing():
            for source in sources:
                self._remove_one(self.known[source])
        for source in sources:
            del self.known[source]

    def _load(self) -> dict[str, DraftDocument]:
        rows = self.catalog.connection.execute(
            "SELECT source, id, origin, file_hash, extract FROM documents"
            " WHERE generation = ? AND added <= ? AND removed IS NULL",
            (self.generation, self.number),
        )
        return {row[0]: DraftDocument(*row[1:]) for row in rows}

    def _store_one(self, item: PreparedDocument) -> DraftDocument:
        connection, document = self.catalog.connection, item.document
        if (old := self.known.get(document.source)) is not None:
            self._remove_one(old)
        connection.execute(
            "INSERT OR IGNORE INTO extracts VALUES (?, ?, ?, ?, ?)",
            (
                extract := _extract_hash(document),
                document.text,
                pack_spans(document.pages),
                pack_spans(document.headings),
                document.media_type,
            ),
        )
        row = connection.execute(
            "INSERT INTO documents (generation, source, origin, file_hash, extract, added) VALUES (?, ?, ?, ?, ?, ?)",
            (self.generation, document.source, item.origin, item.file_hash, extract, self.number),
        ).lastrowid
        connection.executemany(
            'INSERT INTO chunks (document, key, "start", "end", page, heading, text, language)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [_chunk_row(row or 0, entry) for entry in item.entries],
        )
        return DraftDocument(row or 0, item.origin, item.file_hash, extract)

    def _remove_one(self, known: DraftDocument) -> None:
        connection = self.catalog.connection
        added = connection.execute("SELECT added FROM documents WHERE id = ?", (known.row,)).fetchone()[0]
        if added < self.number:
            connection.execute("UPDATE documents SET removed = ? WHERE id = ?", (self.number, known.row))
        else:
            connection.execute("DELETE FROM chunks WHERE document = ?", (known.row,))
            connection.execute("DELETE FROM documents WHERE id = ?", (known.row,))


def begin_draft(catalog: Catalog, embedder: Embedder, chunking: str, now: str) -> RevisionDraft:
    """Continue the unfinished draft, or start one from the published revision.

    Another embedder or chunking than the published one, or an embedder whose vectors have changed, starts a new
    generation, empty at first.
    """
    check_vectors = embed_check_sentences(embedder)
    fitting = [
        generation
        for generation, stored in _generations(catalog, embedder.id, chunking)
        if same_space(check_vectors, stored.reshape(len(check_vectors), -1))
    ]
    current = catalog.current()
    unfinished = catalog.meta("draft_generation")
    if unfinished in fitting:
        base = current.id if current is not None and current.generation == unfinished else 0
        return RevisionDraft(catalog, unfinished, catalog.meta("draft"), base)
    with catalog.writing() as connection:
        discard_draft(catalog)
        if current is not None and current.generation in fitting:
            generation, base = current.generation, current.id
        else:
            generation, base = _new_generation(catalog, embedder, chunking, check_vectors, now), 0
        number = catalog.meta("last") + 1
        connection.execute("UPDATE meta SET value = ? WHERE key IN ('last', 'draft')", (number,))
        connection.execute("UPDATE meta SET value = ? WHERE key = 'draft_generation'", (generation,))
    return RevisionDraft(catalog, generation, number, base)


def continue_published(catalog: Catalog) -> RevisionDraft:
    """Start a draft from the published revision as it was built; an unfinished draft is given up.

    :raises NoIndexError: nothing is published.
    """
    current = catalog.current()
    if current is None:
        raise NoIndexError(f"Nothing is published in {catalog.path}: run `rag ingest PATH` first.")
    with catalog.writing() as connection:
        discard_draft(catalog)
        number = catalog.meta("last") + 1
        connection.execute("UPDATE meta SET value = ? WHERE key IN ('last', 'draft')", (number,))
        connection.execute("UPDATE meta SET value = ? WHERE key = 'draft_generation'", (current.generation,))
    return RevisionDraft(catalog, current.generation, number, current.id)


def _new_generation(
    catalog: Catalog, embedder: Embedder, chunking: str, check_vectors: NDArray[np.float32], now: str
) -> int:
    connection = catalog.connection
    spaces = connection.execute("SELECT space, canaries FROM generations WHERE embedder = ?", (embedder.id,)).fetchall()
    stored = {space: np.frombuffer(packed, np.float32).reshape(len(check_vectors), -1) for space, packed in spaces}
    known = next((space for space, vectors in stored.items() if same_space(check_vectors, vectors)), None)
    # Numbers are never given twice; a clock that is set back, or two changes within a second, would repeat a time.
    space = known or f"{embedder.id}#{catalog.meta('last') + 1}"
    generation = connection.execute(
        "INSERT INTO generations (embedder, space, dimensions, chunking, canaries, created) VALUES (?, ?, ?, ?, ?, ?)",
        (embedder.id, space, embedder.dimensions, chunking, check_vectors.tobytes(), now),
    ).lastrowid
    create_lexical(connection, generation or 0)
    return generation or 0


def _generations(catalog: Catalog, embedder: str, chunking: str) -> list[tuple[int, NDArray[np.float32]]]:
    rows = catalog.connection.execute(
        "SELECT id, canaries FROM generations WHERE embedder = ? AND chunking = ?", (embedder, chunking)
    )
    return [(generation, np.frombuffer(packed, np.float32)) for generation, packed in rows]


def discard_draft(catalog: Catalog) -> None:
    """Undo an unfinished draft, inside a transaction of the caller; its vectors stay in the cache."""
    number = catalog.meta("draft")
    connection = catalog.connection
    connection.execute("DELETE FROM chunks WHERE document IN (SELECT id FROM documents WHERE added = ?)", (number,))
    connection.execute("DELETE FROM documents WHERE added = ?", (number,))
    connection.execute("UPDATE documents SET removed = NULL WHERE removed = ?", (number,))
    connection.execute("UPDATE meta SET value = 0 WHERE key IN ('draft', 'draft_generation')")


def _extract_hash(document: Document) -> str:
    return content_hash(document.text, pack_spans(document.pages), pack_spans(document.headings), document.media_type)


def _chunk_row(document: int, entry: Entry) -> tuple[object, ...]:
    chunk = entry.chunk
    return document, entry.key, chunk.start, chunk.end, chunk.page, chunk.heading, chunk.text, entry.language
