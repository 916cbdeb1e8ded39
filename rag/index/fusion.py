"""One ranking from two: a convex combination whose weight is learned for each index and question language.

``score = lexical / max(lexical) + weight * max(0, cosine - centre)``, divided by the most it can be; `centre` is the
question's cosine with the mean of all vectors of the index. Dividing BM25 by its best value keeps how clearly one
passage leads. Cosines are not stretched. Where the embedder knows the language they spread widely over the passages and
count. Where it does not (all-MiniLM and Russian) they hardly differ and the lexical side decides. Reciprocal ranks
(RRF) cannot see that. Combination of scores instead of ranks: Bruch et al., arXiv 2210.11934.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

FULL_WEIGHT = 1.5
"""Weight of the dense side where it finds passages as well as the lexical side does, or better."""

UNKNOWN_STRENGTH = 0.5
"""Strength assumed for the dense side, relative to the lexical one, before anything is measured."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """How well the dense side finds passages of this index relative to the lexical side, by language of the question.

    1 or more means as well as the lexical side, 0 not at all; `chunks` is the size of the index when that was measured.
    """

    strength: Mapping[str, float] = field(default_factory=dict)
    chunks: int = 0

    def weight(self, language: str) -> float:
        """Return the dense side's weight for questions in `language`."""
        return FULL_WEIGHT * min(1.0, self.strength.get(language, UNKNOWN_STRENGTH))

    def pack(self) -> str:
        """Write as JSON."""
        return json.dumps({"strength": dict(self.strength), "chunks": self.chunks}, sort_keys=True)

    @classmethod
    def unpack(cls, packed: str) -> Fusion:
        """Read what `pack` wrote."""
        return cls(**json.loads(packed))


def fuse(dense: Mapping[str, float], lexical: Mapping[str, float], centre: float, weight: float) -> dict[str, float]:
    """Return fused scores in [0, 1] for all keys of both sides; `dense` are cosines, `lexical` BM25 scores.

    A key one side does not have counts as 0 there. The order is the dense one where no passage has a lexical score, and
    the lexical one where `weight` is 0.
    """
    best = max(lexical.values(), default=0.0) or 1.0
    most = 1.0 + weight * (1.0 - centre)
    return {
        key: (lexical.get(key, 0.0) / best + weight * max(0.0, dense.get(key, centre) - centre)) / most
        for key in {**dense, **lexical}
    }
