"""Scores of an answer without a reference."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from eval.quality.groundedness import GroundednessProxy
    from eval.quality.refusal import declines
    from eval.quality.relevance import UnitEmbedder
    from eval.quality.scores import (
        live_scorer,
        proxy_metrics,
        rescored,
        score,
        scorer_of,
        with_answer,
    )

__all__ = [
    "GroundednessProxy",
    "UnitEmbedder",
    "declines",
    "live_scorer",
    "proxy_metrics",
    "rescored",
    "score",
    "scorer_of",
    "with_answer",
]

__getattr__ = face(
    __name__,
    {
        "groundedness": ["GroundednessProxy"],
        "refusal": ["declines"],
        "relevance": ["UnitEmbedder"],
        "scores": [
            "live_scorer",
            "proxy_metrics",
            "rescored",
            "score",
            "scorer_of",
            "with_answer",
        ],
    },
)
