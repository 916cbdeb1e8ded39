"""Doubles for the seams of the rooms, deterministic and without models or network."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class HashEmbedder:
    """Hash each word to a signed direction and add the words up: texts that share words are near, others are not.

    `salt` makes another model with the same dimensions, whose vectors mean nothing to the first.
    """

    def __init__(self, dimensions: int = 64, salt: str = "") -> None:
        self.id = f"hash{salt}@{dimensions}"
        self.dimensions = dimensions
        self.max_tokens = 256
        self.embedded = 0
        self._salt = salt

    def embed(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """Return unit vectors of hashed word counts; a text without words points along the first axis."""
        self.embedded += len(texts)
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()):
                code = zlib.crc32(f"{self._salt}{word}".encode())
                vectors[row, code % self.dimensions] += 1.0 if code & 0x10000 else -1.0
            if not vectors[row].any():
                vectors[row, 0] = 1.0
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def count_tokens(self, text: str) -> int:
        """Count words and the two special tokens a real model would add."""
        return len(re.findall(r"\w+|[^\w\s]", text)) + 2
