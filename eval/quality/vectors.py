"""Vectors of sentences, kept: an application retrieves the same passages again and again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from eval.quality.relevance import UnitEmbedder

MOST_KEPT = 20_000
"""Vectors of 384 numbers in two bytes each take 15 MB at most."""


class SentenceVectors:
    """Unit vectors of texts; those of passage sentences are kept, the least used go first. Threads may share it."""

    def __init__(self, embed: UnitEmbedder, most: int = MOST_KEPT) -> None:
        self._embed = embed
        self._most = most
        self._kept: OrderedDict[bytes, NDArray[np.float16]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, texts: Sequence[str], *, query: bool) -> NDArray[np.float32]:
        """Return one row a text; only sentences that are not kept cost anything."""
        if query or not texts:
            return _unit(self._embed(texts, query=query)) if texts else np.zeros((0, 0), np.float32)
        keys = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            made = _unit(self._embed(list(missing.values()), query=False)).astype(np.float16)
            found |= dict(zip(missing, made, strict=True))
        self._keep({key: found[key] for key in keys})
        return np.stack([found[key] for key in keys]).astype(np.float32)

    def _keep(self, found: dict[bytes, NDArray[np.float16]]) -> None:
        with self._lock:
            for key, vector in found.items():
                self._kept[key] = vector
                self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    rows = np.array(vectors, np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9
    return rows
