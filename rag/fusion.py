"""One ranking from two: how much the dense and the lexical side each deserve."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fusion:
    """Share of the dense side, in [0, 1], by query language; `default` for languages the index has too little of."""

    dense: Mapping[str, float]
    default: float = 0.5

    def share(self, language: str) -> float:
        """Return the dense side's share for a question in `language`."""
        return self.dense.get(language, self.default)

    def pack(self) -> str:
        """Write as JSON."""
        return json.dumps({"dense": dict(self.dense), "default": self.default}, sort_keys=True)

    @classmethod
    def unpack(cls, packed: str) -> Fusion:
        """Read what `pack` wrote."""
        stored = json.loads(packed)
        return cls(stored["dense"], stored["default"])


def fuse(dense: Mapping[str, float], lexical: Mapping[str, float], share: float) -> dict[str, float]:
    """Return a convex combination of the two sides' scores, each scaled to [0, 1] over the candidates."""
    scaled_dense, scaled_lexical = _scale(dense), _scale(lexical)
    return {
        key: share * scaled_dense.get(key, 0.0) + (1.0 - share) * scaled_lexical.get(key, 0.0)
        for key in {**dense, **lexical}
    }


def _scale(scores: Mapping[str, float]) -> dict[str, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {key: (score - low) / (high - low) if high > low else 1.0 for key, score in scores.items()}
