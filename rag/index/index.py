"""The face of the index: open it, ask it, see what it holds."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.records import Chunk, Document, Hit
from rag.chunk import passage_key
from rag.errors import EmbedderError, EmbedderMismatch, IndexDamaged, NoIndexError
from rag.index.candidates import CANDIDATES, gather, question_language, rank
from rag.index.fusion import Fusion
from rag.index.mode import BOTH_SIDES, Mode
from rag.index.near_duplicates import collapse
from rag.protocols import Embedder, VectorStore
from rag.store import (
    EXACT_UP_TO,
    Catalog,
    Filter,
    Neighbour,
    Revision,
    Selection,
    VectorsSettings,
    check_embedder,
    storage_errors,
)
from rag.store.vectors import check_seal, lying_elsewhere, open_vectors


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What an index holds; `languages` counts chunks by ISO 639-1 code, most frequent first.

    `media_types` counts documents, as their readers named them.
    """

    generation: str
    documents: int
    chunks: int
    embedder: str
    languages: dict[str, int]
    media_types: dict[str, int]


@dataclass(frozen=True, slots=True)
class _View:
    """One published revision, opened."""

    revision: Revision
    fusion: Fusion
    languages: dict[str, int]


@dataclass(slots=True)
class _SharedStore:
    """Open vectors and how many use them: the index itself while they are current, and each search under way."""

    store: VectorStore
    users: int = 1


class Index:
    """Read a published index; what another process publishes meanwhile is seen by the next call.

    Calls may come from several threads. Vectors and embedder are opened at the first search that needs them.
    """

    def __init__(
        self, folder: Path, catalog: Catalog, embedder: Embedder | None, *, exact_up_to: int = EXACT_UP_TO
    ) -> None:
        self._exact_up_to = exact_up_to
        self._folder = folder
        self._catalog = catalog
        self._embedder = embedder
        self._lock = threading.RLock()
        self._opened: _View | None = None
        self._store: _SharedStore | None = None
        self._checked: int | None = None
        self._view()

    @classmethod
    def open(cls, folder: Path, embedder: Embedder | None = None, *, exact_up_to: int = EXACT_UP_TO) -> Index:
        """Open the index in `folder` (the `.rag` directory); without an embedder only lexical search works.

        Up to `exact_up_to` passages that meet a filter are compared with the question one by one.

        :raises NoIndexError: nothing was published there yet.
        :raises EmbedderMismatch: the index was built by another embedder.
        :raises IndexDamaged: the catalogue cannot be read.
        """
        return cls(folder, Catalog(folder), embedder, exact_up_to=exact_up_to)

    def close(self) -> None:
        """Release files."""
        self.release()
        self._catalog.close()

    def release(self) -> None:
        """Close the vectors, which the next search opens again; the catalogue stays open."""
        with self._lock:
            self._drop_store()

    @property
    def embedder(self) -> Embedder | None:
        """What turns questions into vectors."""
        return self._embedder

    @property
    def generation(self) -> str:
        """Name of the published revision, such as "g1.r3": how the index was built, and which content it has."""
        return self._view().revision.name

    @property
    def fusion(self) -> Fusion:
        """What was learned about the two sides when the index was published."""
        return self._view().fusion

    def status(self) -> IndexStatus:
        """Describe the published revision."""
        view = self._view()
        revision = view.revision
        with storage_errors(self._folder):
            kinds = self._catalog.media_types(revision)
        return IndexStatus(revision.name, revision.documents, revision.chunks, revision.embedder, view.languages, kinds)

    def lying_elsewhere(self, settings: VectorsSettings) -> str:
        """Say where the vectors lie, if settings name another place; empty where they agree."""
        return lying_elsewhere(self._folder / self._view().revision.folder, settings)

    def document(self, source: str) -> Document:
        """Return the stored text of a source, with its pages and headings.

        :raises KeyError: the index holds no such source.
        """
        with storage_errors(self._folder):
            document = self._catalog.document(self._view().revision, source)
        if document is None:
            raise KeyError(source)
        return document

    def origins(self) -> dict[str, tuple[str, str]]:
        """Return what each source was read from, its resolved path or URL, and the SHA-256 of the bytes read."""
        rows = self._catalog.sources(self._view().revision)
        return {source: (origin, digest) for source, origin, digest in rows}

    def embed_query(self, question: str) -> NDArray[np.float32]:
        """Return the question's unit vector, made as this index needs it.

        :raises EmbedderError: the index was opened without an embedder.
        :raises EmbedderMismatch: the embedder's vectors have changed since the index was built.
        """
        if self._embedder is None:
            raise EmbedderError("The index was opened without an embedder: open it with one, or search lexically.")
        revision = self._view().revision
        if self._checked != revision.generation:
            check_embedder(self._embedder, revision)
            self._checked = revision.generation
        vector: NDArray[np.float32] = self._embedder.embed([question], query=True)[0]
        return vector

    def search(
        self,
        question: str,
        k: int,
        *,
        mode: Mode = BOTH_SIDES,
        query_vector: NDArray[np.float32] | None = None,
        where: Filter | None = None,
    ) -> list[Hit]:
        """Return the best `k` passages of those that meet `where`, best first.

        Near-duplicates are one hit: the best of them, with the other sources in `also_in`. Scores are cosines
        ("dense"), BM25 scores ("lexical") or fused scores in [0, 1] ("hybrid"). `query_vector` saves embedding the
        question when `embed_query` was called before.

        :raises IndexDamaged: the vectors are gone or cannot be searched; "lexical" still works.
        """
        if mode != "lexical" and query_vector is None:
            query_vector = self.embed_query(question)
        limit = max(CANDIDATES, k)
        with storage_errors(self._folder), self._catalog.reading(), self._using(mode) as (view, store):
            language = question_language(question, view.languages)
            asked = ("", language) if mode == "dense" else (question, language)
            catalog, vectors = self._narrowed(view, store, where)
            candidates = gather(catalog, view.revision, vectors, asked, query_vector, limit)
            ranked = rank(candidates, view.fusion, language, len(candidates.passages), mode)
            return collapse(self._catalog, catalog, view.revision, ranked, k)

    def vectors(self, chunks: Sequence[Chunk]) -> NDArray[np.float32]:
        """Return the stored unit vectors of indexed passages, one row each; zeros where there is none."""
        revision = self._view().revision
        keys = [passage_key(chunk) for chunk in chunks]
        held = self._catalog.vectors(revision.space, sorted(set(keys)))
        rows = np.zeros((len(keys), revision.dimensions), np.float32)
        for row, key in enumerate(keys):
            rows[row] = held.get(key, rows[row])
        return rows

    def neighbours(self, source: str) -> list[Neighbour]:
        """Return where the passages of a source stand, in reading order."""
        with storage_errors(self._folder):
            return self._catalog.neighbours(self._view().revision, source)

    def _narrowed(
        self, view: _View, store: VectorStore | None, where: Filter | None
    ) -> tuple[Catalog | Selection, VectorStore | Selection | None]:
        """Return what a search reads of both sides: everything, or what meets `where`."""
        if not where:
            return self._catalog, store
        selection = Selection(self._catalog, view.revision, store, where, exact_up_to=self._exact_up_to)
        return selection, selection if store is not None else None

    @contextmanager
    def _using(self, mode: Mode) -> Iterator[tuple[_View, VectorStore | None]]:
        """Lend the published revision; its vectors are not closed under a search that still uses them."""
        with self._lock:
            view = self._view()
            if mode != "lexical" and self._store is None:
                folder = self._folder / view.revision.folder
                check_seal(folder)
                self._store = _SharedStore(open_vectors(folder, view.revision.embedder))
            shared = self._store if mode != "lexical" else None
            if shared is not None:
                shared.users += 1
        try:
            yield view, shared.store if shared is not None else None
        finally:
            if shared is not None:
                self._leave(shared)

    def _leave(self, shared: _SharedStore) -> None:
        with self._lock:
            shared.users -= 1
            if shared.users == 0:
                shared.store.close()

    def _view(self) -> _View:
        """Return the published revision, opening it when it has moved since the last call."""
        with storage_errors(self._folder), self._lock:
            number, folder = self._catalog.stamp()
            opened = self._opened.revision if self._opened is not None else None
            if self._opened is None or opened is None or (opened.id, opened.folder) != (number, folder):
                self._opened = self._load(number)
                self._drop_store()
            return self._opened

    def _drop_store(self) -> None:
        shared, self._store = self._store, None
        if shared is not None:
            self._leave(shared)

    def _load(self, number: int) -> _View:
        if number == 0:
            raise NoIndexError(
                f"The index in {self._folder} is not published yet: run `rag ingest PATH`, or kb.ingest, to the end."
            )
        revision = self._catalog.revision(number)
        if revision is None:
            raise IndexDamaged(f"{self._catalog.path} names revision {number} but does not hold it: restore a backup.")
        if self._embedder is not None and self._embedder.id != revision.embedder:
            raise EmbedderMismatch(
                f"The index in {self._folder} was built with embedder {revision.embedder}, not {self._embedder.id}:"
                " set the former model again, or run `rag ingest` to build the index with the new one."
            )
        return _View(revision, Fusion.unpack(revision.fusion), self._catalog.languages(revision))
