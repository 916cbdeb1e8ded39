"""Ask somebody whether an index that was built anew may take the place of the published one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rag.catalog import Catalog
from rag.errors import ShadowRefused
from rag.index import Index
from rag.protocols import Embedder

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
