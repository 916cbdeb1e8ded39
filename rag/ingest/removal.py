"""Documents out of the index by name, and where it is asked for out of all that is kept of it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from data.errors import InputError
from rag.errors import EmbedderMismatch, NoIndexError
from rag.ingest.publish import publish
from rag.protocols import Embedder
from rag.store import (
    Catalog,
    Revision,
    continue_published,
    forget_revisions,
    rebuild_lexical,
    wipe_free_space,
    writer_lock,
)
from rag.store.vectors import forget_vectors


@dataclass(frozen=True, slots=True)
class RemovalReport:
    """The sources removed, how many chunks the index holds now, and those of `removed` whose files are still there."""

    removed: tuple[str, ...]
    chunks: int
    still_there: tuple[str, ...]


def remove_documents(
    folder: Path, named: Sequence[str], embedder: Embedder, now: str, *, forget: bool = False
) -> RemovalReport:
    """Publish the index without the documents `named`: sources, folders of sources, or globs.

    With `forget`, no earlier revision is kept to which a rollback returns, and nothing of the documents stays in the
    files of the index.

    :raises InputError: a name stands for no document of the index.
    :raises EmbedderMismatch: the index was built with another embedder.
    :raises IndexBusy: another process is writing.
    """
    with writer_lock(folder):
        catalog = Catalog(folder)
        try:
            current = catalog.current()
            if current is None:
                raise NoIndexError(f"The index in {folder} is not published yet: run `rag ingest PATH` to the end.")
            if current.embedder != embedder.id:
                raise EmbedderMismatch(
                    f"The index was built with {current.embedder}, not {embedder.id}: run `rag ingest` first."
                )
            origins = {source: origin for source, origin, _ in _sources(catalog, current, forget)}
            removed = chosen(named, list(origins))
            draft = continue_published(catalog)
            draft.remove([source for source in removed if source in draft.known])
            chunks = publish(catalog, folder, embedder, draft, now)
            if forget:
                _forget(catalog, folder)
        finally:
            catalog.close()
    still_there = tuple(source for source in removed if Path(origins[source]).is_file())
    return RemovalReport(tuple(removed), chunks, still_there)


def _sources(catalog: Catalog, current: Revision, forget: bool) -> list[tuple[str, str, str]]:
    """Return the documents of the index; where all is to be forgotten, those of the revision before it, too."""
    former = catalog.earlier(current) if forget else None
    return [*(catalog.sources(former) if former is not None else []), *catalog.sources(current)]


def _forget(catalog: Catalog, folder: Path) -> None:
    forget_vectors(folder, forget_revisions(catalog, kept_revisions=1))
    current = catalog.current()
    if current is not None:
        with catalog.writing():
            rebuild_lexical(catalog, current)
    wipe_free_space(catalog)


def chosen(named: Sequence[str], sources: Sequence[str]) -> list[str]:
    """Return the sources that names stand for, in order.

    :raises InputError: a name stands for none; the nearest ones are named.
    """
    found: dict[str, None] = {}
    for name in named:
        folder = name.rstrip("/") + "/"
        fitting = [
            source for source in sources if source == name or source.startswith(folder) or fnmatchcase(source, name)
        ]
        if not fitting:
            near = difflib.get_close_matches(name, sources, 3, 0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else "rag status counts them, rag search shows them."
            raise InputError(f"The index holds no document {name!r}: {hint}")
        found |= dict.fromkeys(fitting)
    return list(found)
