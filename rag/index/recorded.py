"""Which embedder built an index."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from rag.errors import NoIndexError
from rag.store import Catalog, storage_errors


def recorded_embedder(folder: Path) -> str:
    """Return the id of the embedder that built the published index in `folder`; empty where there is none.

    :raises IndexDamaged: the catalogue cannot be read.
    """
    try:
        catalog = Catalog(folder)
    except NoIndexError:
        return ""
    with closing(catalog), storage_errors(folder):
        current = catalog.current()
    return current.embedder if current is not None else ""
