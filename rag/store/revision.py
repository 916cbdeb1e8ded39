"""What the catalogue gives out: a published revision, a stored passage, and its place in the document."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import Chunk


@dataclass(frozen=True, slots=True)
class Revision:
    """One published content of one generation.

    `space` names the vectors that may be compared with each other: an embedder that changes while it keeps its id
    starts a new one. `folder` is where its vectors lie, below the index folder; `fusion` is the JSON of the learned
    weights; `centre` is the mean of its vectors; `check_vectors` are the vectors of the sentences of the embedder
    check, of shape (sentences, dimensions).
    """

    id: int
    generation: int
    embedder: str
    space: str
    dimensions: int
    chunking: str
    folder: str
    fusion: str
    documents: int
    chunks: int
    centre: NDArray[np.float32]
    check_vectors: NDArray[np.float32]

    @property
    def name(self) -> str:
        """What answers are stamped with: how the index was built, and which content it had."""
        return f"g{self.generation}.r{self.id}"


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A stored chunk: its row, the key of its embedded text, and the chunk."""

    row: int
    key: str
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The place of an indexed passage in its document; those with equal page and heading may be joined."""

    start: int
    end: int
    page: int | None
    heading: str
