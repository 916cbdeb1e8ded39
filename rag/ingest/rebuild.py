"""Ways back: to the revision before, and from damaged vectors or a damaged full-text index."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.chunk import embedding_text
from rag.embed import embed_passages
from rag.errors import IndexDamaged, NoIndexError
from rag.protocols import Embedder
from rag.store import (
    Catalog,
    Revision,
    discard_draft,
    forget_revisions,
    move_vectors,
    rebuild_lexical,
    step_back,
    writer_lock,
)
from rag.store.vectors import forget_vectors, restore_vectors


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
            with catalog.writing():
                discard_draft(catalog)
                step_back(catalog, current, former)
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
            catalog.check()
            current = catalog.current()
            if current is None:
                raise NoIndexError(
                    f"The index in {folder} is not published yet: run `rag ingest PATH`, or kb.ingest, to the end."
                )
            embedded = _embed_missing(catalog, current, embedder)
            name = restore_vectors(catalog, folder, current)
            with catalog.writing():
                rebuild_lexical(catalog, current)
                move_vectors(catalog, current, name)
            forget_vectors(folder, forget_revisions(catalog))
            return RepairReport(current.name, current.chunks, embedded)
        finally:
            catalog.close()


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
    with catalog.writing():
        catalog.add_vectors(current.space, dict(zip(missing, vectors, strict=True)))
    return len(missing)
