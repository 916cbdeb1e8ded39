"""Passages that came with the question, scored as the index scores its own: cosines and BM25, fused."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from rag.fusion import fuse
from rag.protocols import Embedder
from rag.terms import question_terms, terms

_K1, _B = 1.2, 0.75


class HybridReranker:
    """Scores passages in [0, 1] without a model of its own; `weight` tells how much the vectors count in a question."""

    def __init__(self, embedder: Embedder, weight: Callable[[str], float]) -> None:
        self.id = f"hybrid:{embedder.id}"
        self._embedder = embedder
        self._weight = weight

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score per text, in the order given."""
        if not texts:
            return []
        vectors = self._embedder.embed(texts)
        asked = self._embedder.embed([question], query=True)[0]
        dense = {str(place): float(vector @ asked) for place, vector in enumerate(vectors)}
        centre = float(vectors.mean(axis=0) @ asked)
        fused = fuse(dense, bm25(question, texts), centre if len(texts) > 1 else 0.0, self._weight(question))
        return [fused[str(place)] for place in range(len(texts))]


def bm25(question: str, texts: Sequence[str]) -> dict[str, float]:
    """Return the BM25 score of each text among `texts`, by its place (Robertson and Zaragoza 2009)."""
    counted = [Counter(terms(text)) for text in texts]
    mean = sum(counts.total() for counts in counted) / len(texts) or 1.0
    wanted = set(question_terms(question))
    holding = {term: sum(term in counts for counts in counted) for term in wanted}
    return {
        str(place): sum(_part(counts, term, holding[term], len(texts), mean) for term in wanted)
        for place, counts in enumerate(counted)
    }


def _part(counts: Counter[str], term: str, holding: int, total: int, mean: float) -> float:
    if not counts[term]:
        return 0.0
    rarity = math.log(1 + (total - holding + 0.5) / (holding + 0.5))
    length = 1 - _B + _B * counts.total() / mean
    return rarity * counts[term] * (_K1 + 1) / (counts[term] + _K1 * length)
