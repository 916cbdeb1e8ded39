"""A complete vector store in forty lines: the vectors in one NumPy file, searched by comparing all of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamaged

FILE, NAME = "vectors.npy", "names.json"


class NumpyStore:
    """Holds all vectors in memory while it is open."""

    library: ClassVar[str] = ""

    def __init__(self, folder: Path, embedder: str, vectors: dict[str, NDArray[np.float32]]) -> None:
        self._folder = folder
        self._embedder = embedder
        self._vectors = vectors

    @classmethod
    def create(cls, folder: Path, embedder: str) -> Self:
        store = cls(folder, embedder, {})
        store._save()
        return store

    @classmethod
    def open(cls, folder: Path, embedder: str) -> Self:
        try:
            stored = json.loads((folder / NAME).read_text())
            vectors = dict(zip(stored["keys"], np.load(folder / FILE), strict=True))
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"The vectors in {folder} are gone or damaged ({error}): run `rag repair`.") from error
        if stored["embedder"] != embedder:
            raise IndexDamaged(f"{folder} holds vectors of {stored['embedder']!r}, not {embedder!r}: run `rag repair`.")
        return cls(folder, embedder, vectors)

    @classmethod
    def copy(cls, source: Path, target: Path) -> bool:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
        return True

    def write(self, keys: Sequence[str], vectors: Sequence[NDArray[np.float32]], gone: Sequence[str]) -> int:
        self._vectors |= dict(zip(keys, vectors, strict=True))
        for key in gone:
            self._vectors.pop(key, None)
        self._save()
        return len(self._vectors)

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        if not self._vectors:
            return []
        held = np.stack(list(self._vectors.values()))
        cosines = held @ vector / np.linalg.norm(held, axis=1)
        keys = list(self._vectors)
        return [(keys[at], float(cosines[at])) for at in np.argsort(-cosines, kind="stable")[:limit]]

    def close(self) -> None:
        self._vectors = {}

    def _save(self) -> None:
        np.save(self._folder / FILE, np.stack(list(self._vectors.values())) if self._vectors else np.empty((0, 0)))
        (self._folder / NAME).write_text(json.dumps({"embedder": self._embedder, "keys": list(self._vectors)}))
