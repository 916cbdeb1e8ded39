"""From a draft to what readers see: vectors in a folder of their own, then one transaction, then the tidying up.

The folder is complete before the catalogue names it, so a process killed on the way leaves readers where they were.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from rag.errors import CandidateRefusal
from rag.index import Fusion, Index, record_near_duplicates
from rag.ingest.calibrate import is_stale, measure_strength, sample_known_items
from rag.protocols import Embedder
from rag.store import (
    Catalog,
    Revision,
    RevisionDraft,
    discard_draft,
    forget_revisions,
    publish_draft,
    sync_lexical,
)
from rag.store.vectors import build_vectors, forget_vectors, open_vectors

Accept = Callable[[Index], str | None]
"""Looks at the index as it would be published and returns None, or in one sentence why it should not be.

The published index can meanwhile be opened and searched as ever.
"""


def ask_to_accept(catalog: Catalog, folder: Path, embedder: Embedder, accept: Accept) -> None:
    """Show `accept` the revision that the caller's transaction is about to publish; undone with that transaction.

    A process killed meanwhile has published nothing.

    :raises CandidateRefusal: `accept` gave a reason against it.
    """
    candidate = Index(folder, catalog, embedder)
    try:
        reason = accept(candidate)
    finally:
        candidate.release()
    if reason is not None:
        raise CandidateRefusal(reason)


def publish(
    catalog: Catalog, folder: Path, embedder: Embedder, draft: RevisionDraft, now: str, accept: Accept | None = None
) -> int:
    """Publish a draft, or drop it when it changes nothing; return how many chunks the index holds.

    A draft that was built otherwise than the published index is first shown to `accept`.

    :raises CandidateRefusal: `accept` was against it; the draft is kept, and readers stay where they were.
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
        record_near_duplicates(catalog, draft.generation, draft.number)
        fusion = _learn_fusion(catalog, folder / name, embedder, draft, base)
        publish_draft(catalog, draft, name, fusion.pack(), now)
        if accept is not None and current is not None and not same_build:
            ask_to_accept(catalog, folder, embedder, accept)
    forget_vectors(folder, forget_revisions(catalog))
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
    store = open_vectors(folder, embedder.id)
    try:
        return Fusion(measure_strength(catalog, draft.generation, store, embedder, items), len(rows))
    finally:
        store.close()
