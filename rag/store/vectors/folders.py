"""The vectors of a revision in a folder of their own, written from the cache of the catalogue.

A folder is complete and sealed before the catalogue names it, and never written again.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamaged
from rag.store import Catalog, Revision, RevisionDraft, copy_catalog
from rag.store.vectors.seal import check_seal, seal
from rag.store.vectors.stores import copy_vectors, create_vectors, open_vectors

VECTORS = "chroma"
"""The folder of all vector folders, below that of the index."""

_AT_ONCE = 5000
_MOST_CHANGE = 0.2
"""Beyond this share of added or removed vectors a folder is built anew: cheaper, and free of what was deleted."""


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


def build_vectors(catalog: Catalog, folder: Path, embedder: str, base: Revision | None, draft: RevisionDraft) -> str:
    """Write the vectors of the draft below `folder` from the cache; return the name of the new folder.

    :raises IndexDamaged: the cache lacks a vector, or the store did not keep what it was given.
    """
    name = f"{VECTORS}/r{draft.number}"
    source = VectorSource(catalog, draft.space, embedder)
    wanted = catalog.keys(draft.generation, draft.number)
    held = catalog.keys(base.generation, base.id) if base is not None else set()
    little = base is not None and len(wanted ^ held) <= _MOST_CHANGE * len(held)
    if base is None or not little or not _grown(source, folder / base.folder, folder / name, wanted, held):
        rebuild_vectors(source, folder / name, wanted)
    return name


def _grown(source: VectorSource, former: Path, folder: Path, wanted: set[str], held: set[str]) -> bool:
    """Make a folder from a copy of the former one; return False where that is damaged or cannot be copied."""
    try:
        check_seal(former)
        if not copy_vectors(former, folder):
            return False
        _write(source, folder, wanted, held)
    except (IndexDamaged, OSError, sqlite3.DatabaseError):
        return False
    return True


def rebuild_vectors(source: VectorSource, folder: Path, wanted: set[str]) -> None:
    """Make a folder with exactly the `wanted` vectors, whatever was there before."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _write(source, folder, wanted, None)


def restore_vectors(catalog: Catalog, folder: Path, revision: Revision) -> str:
    """Write the vectors of a published revision to a folder beside its own; return the name of the new one."""
    attempt = 1
    while (folder / (name := f"{VECTORS}/r{revision.id}-{attempt}")).exists():
        attempt += 1
    wanted = catalog.keys(revision.generation, revision.id)
    rebuild_vectors(VectorSource(catalog, revision.space, revision.embedder), folder / name, wanted)
    return name


def forget_vectors(folder: Path, kept: Collection[str]) -> None:
    """Remove all vector folders below `folder` but those named in `kept`."""
    for path in (folder / VECTORS).glob("*"):
        if f"{VECTORS}/{path.name}" not in kept:
            shutil.rmtree(path, ignore_errors=True)


def copy_index(source: Path, target: Path) -> None:
    """Copy the index in `source` to the folder `target`: the catalogue, and what lies beside it of the vectors.

    The original is only read.

    :raises NoIndexError: there is none.
    """
    copy_catalog(source, target)
    if (source / VECTORS).is_dir():
        shutil.copytree(source / VECTORS, target / VECTORS)


def _write(source: VectorSource, folder: Path, wanted: set[str], held: set[str] | None) -> None:
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
    store = (create_vectors if held is None else open_vectors)(folder, source.embedder)
    try:
        count = len(held or ())
        for at in range(0, max(len(missing), 1), _AT_ONCE):
            keys = missing[at : at + _AT_ONCE]
            count = store.write(keys, source.read(keys), gone if at == 0 else [])
    finally:
        store.close()
    if count != len(wanted):
        raise IndexDamaged(f"{folder} holds {count} of {len(wanted)} vectors: run `rag repair`.")
