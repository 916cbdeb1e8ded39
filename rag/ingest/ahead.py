"""Texts embedded in a thread of its own, while the caller stores what came before and reads what comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from rag.embed import embed_passages
from rag.protocols import Embedder

Vectors = dict[str, NDArray[np.float32]]


class EmbeddingQueue:
    """Embeds one lot of texts after the other."""

    def __init__(self, embedder: Embedder, pool: ThreadPoolExecutor, meanwhile: Callable[[], None]) -> None:
        self._embedder = embedder
        self._pool = pool
        self._meanwhile = meanwhile

    def embed(self, texts: Mapping[str, str]) -> Future[Vectors]:
        """Begin to embed texts given by key, as soon as the lots before are done; the vectors come by key."""
        made = self._pool.submit(self._embed, texts)
        self._meanwhile()
        return made

    def _embed(self, texts: Mapping[str, str]) -> Vectors:
        return dict(zip(texts, embed_passages(list(texts.values()), self._embedder), strict=True)) if texts else {}


@contextmanager
def embedding_ahead(embedder: Embedder, meanwhile: Callable[[], None] = lambda: None) -> Iterator[EmbeddingQueue]:
    """Give a way to embed ahead; lots that have not begun when the block is left are dropped.

    `meanwhile` is called each time a lot has begun, for work that can be done beside it.
    """
    pool = ThreadPoolExecutor(1, "embed")
    try:
        yield EmbeddingQueue(embedder, pool, meanwhile)
    finally:
        pool.shutdown(cancel_futures=True)
