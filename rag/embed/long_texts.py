"""Vectors for passages that may be longer than the embedder reads, so that nothing is cut off silently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Embedder


def embed_passages(texts: Sequence[str], embedder: Embedder) -> NDArray[np.float32]:
    """Return unit vectors of shape (len(texts), dimensions), in the order given.

    A text longer than ``embedder.max_tokens`` is embedded in windows cut at white space; its vector is their mean,
    weighted by their lengths in characters and scaled to length 1.
    """
    windows = [list(_windows(text, embedder)) for text in texts]
    flat = embedder.embed([window for of_text in windows for window in of_text])
    vectors = np.empty((len(texts), embedder.dimensions), np.float32)
    position = 0
    for row, of_text in enumerate(windows):
        part = flat[position : position + len(of_text)]
        position += len(of_text)
        vectors[row] = part[0] if len(part) == 1 else _mean(part, [len(window) for window in of_text])
    return vectors


def _windows(text: str, embedder: Embedder) -> Iterator[str]:
    # Hardly any tokenizer makes more tokens than characters, so short texts need no counting.
    if len(text) <= embedder.max_tokens // 2 or embedder.count_tokens(text) <= embedder.max_tokens or len(text) < 2:
        yield text
        return
    cut = _cut(text)
    yield from _windows(text[:cut], embedder)
    yield from _windows(text[cut:], embedder)


def _cut(text: str) -> int:
    """Return where the last white space before the middle of `text` is, or the middle of a very long word."""
    middle = len(text) // 2
    space = max(text.rfind(mark, middle // 2, middle) for mark in (" ", "\n"))
    return space if space > 0 else middle


def _mean(vectors: NDArray[np.float32], weights: Sequence[int]) -> NDArray[np.float32]:
    mean = np.average(vectors, axis=0, weights=weights)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)
