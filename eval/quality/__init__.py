"""Scores of an answer without a reference."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from eval.quality.groundedness import GroundednessProxy
    from eval.quality.relevance import UnitEmbedder
    from eval.quality.scores import live_scorer, proxy_metrics, score, scorer_of, with_answer

__all__ = [
    "GroundednessProxy",
    "UnitEmbedder",
    "live_scorer",
    "proxy_metrics",
    "score",
    "scorer_of",
    "with_answer",
]

__getattr__ = face(
    __name__,
    {
        "groundedness": ["GroundednessProxy"],
        "relevance": ["UnitEmbedder"],
        "scores": ["live_scorer", "proxy_metrics", "score", "scorer_of", "with_answer"],
    },
)
