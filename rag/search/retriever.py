"""Search as the settings want it: rank, look again, spread, and say what went wrong on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from data.records import Hit
from rag.chunk import embedding_text
from rag.errors import RerankError
from rag.hostile import Guard
from rag.index import Index, Mode
from rag.protocols import MoreQueries, Reranker
from rag.search.diversity import diversify
from rag.search.more_queries import found_by_all
from rag.search.settings import RerankSettings, RetrievalSettings
from rag.store import Filter

_RETRIEVAL, _RERANK = RetrievalSettings(), RerankSettings()
_POOL = 4
"""How many passages per one wanted diversity may choose from."""
_MOST = 1000
"""How far the search goes for passages in place of those held back."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Passages, best first, with flags ("rerank_failed: reason") for what they had to do without.

    `rerank_ms` is how long the reranker took, in milliseconds; 0 without one.
    """

    hits: tuple[Hit, ...]
    flags: tuple[str, ...] = ()
    rerank_ms: float = 0.0


class Retriever:
    """An index with a way to search it: how many passages, which sides, how much diversity, which reranker.

    `candidates` is how many passages the reranker reads, more where more are wanted. A reranker that fails costs its
    improvement, not the answer: the order of the index stands, and a flag says why. So does `more`, which makes further
    queries of a question, when its model fails ("more_queries_failed: reason"). A guard keeps suspicious passages
    out where it holds them, others taking their place ("held_back:n" of the best k), and flags them where it does not
    ("suspicious_passage:n").
    """

    def __init__(
        self,
        index: Index,
        *,
        k: int = _RETRIEVAL.k,
        mode: Mode = _RETRIEVAL.mode,
        diversity: float = _RETRIEVAL.diversity,
        reranker: Reranker | None = None,
        candidates: int = _RERANK.candidates,
        guard: Guard | None = None,
        more: MoreQueries | None = None,
    ) -> None:
        self.index = index
        self.k = k
        self.mode: Mode = mode
        self._diversity = diversity
        self.reranker = reranker
        self._candidates = candidates
        self.guard = guard
        self._more = more

    def search(
        self,
        question: str,
        k: int | None = None,
        *,
        query_vector: NDArray[np.float32] | None = None,
        where: Filter | None = None,
        judged: bool = True,
    ) -> Retrieval:
        """Return the best `k` passages (the retriever's own number by default).

        Reranked passages carry the reranker's score in place of the index's; spread ones come in the order chosen, not
        in that of their scores. `judged=False` leaves the flag of `suspicion` to be asked for later.

        :raises IndexDamaged: the vectors are gone or cannot be searched.
        """
        wanted = k or self.k
        pool = max(wanted, self._candidates if self.reranker else 0, _POOL * wanted if self._diversity else 0)
        admitted, failures = self._found(question, pool, query_vector, where)
        started = perf_counter()
        hits, flags = self._reranked(question, admitted)
        rerank_ms = (perf_counter() - started) * 1000 if self.reranker else 0.0
        hits = self._spread(hits, wanted)
        suspicion = self.suspicion(hits) if judged else ()
        return Retrieval(tuple(hits), (*failures, *flags, *suspicion), rerank_ms)

    def suspicion(self, hits: Sequence[Hit]) -> tuple[str, ...]:
        """Return the flag for passages of which the guard is suspicious; those it holds back were never found."""
        suspects = len(self.guard.suspects(hits)) if self.guard and not self.guard.holding else 0
        return (f"suspicious_passage:{suspects}",) if suspects else ()

    def _found(
        self, question: str, pool: int, query_vector: NDArray[np.float32] | None, where: Filter | None
    ) -> tuple[list[Hit], tuple[str, ...]]:
        """Return the passages that the question, and the queries made from it, find."""
        first, held = self._admitted(question, pool, query_vector, where)
        told = (f"held_back:{held}",) if held else ()
        if self._more is None or not first:
            return first, told
        hits, flags = found_by_all(
            question, first, self._more, lambda query: self._admitted(query, pool, None, where)[0]
        )
        return hits[:pool], (*told, *flags)

    def _admitted(
        self, question: str, pool: int, query_vector: NDArray[np.float32] | None, where: Filter | None
    ) -> tuple[list[Hit], int]:
        """Return the best `pool` passages that may be answered from, looking further where some are held back.

        Also return how many of the best `k` are held back.
        """
        asked = pool
        while True:
            hits = self.index.search(question, asked, mode=self.mode, query_vector=query_vector, where=where)
            kept = self.guard.admitted(hits) if self.guard else hits
            if len(kept) >= pool or len(hits) < asked or len(kept) == len(hits) or asked >= _MOST:
                allowed = {hit.chunk.id for hit in kept}
                return kept[:pool], sum(hit.chunk.id not in allowed for hit in hits[: self.k])
            asked = min(2 * asked, _MOST)

    def _reranked(self, question: str, hits: list[Hit]) -> tuple[list[Hit], tuple[str, ...]]:
        if self.reranker is None or not hits:
            return hits, ()
        try:
            scores = self.reranker.rerank(question, [embedding_text(hit.chunk) for hit in hits])
        except RerankError as error:
            return hits, (f"rerank_failed: {error}",)
        rescored = [replace(hit, score=score) for hit, score in zip(hits, scores, strict=True)]
        return sorted(rescored, key=lambda hit: -hit.score), ()

    def _spread(self, hits: list[Hit], wanted: int) -> list[Hit]:
        if not self._diversity:
            return hits[:wanted]
        vectors = self.index.vectors([hit.chunk for hit in hits])
        return [hits[place] for place in diversify([hit.score for hit in hits], vectors, wanted, self._diversity)]
