"""Scores of an answer without a reference."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from eval.quality.groundedness import GroundednessProxy
    from eval.quality.scores import proxy_metrics, score, score_interaction, with_answer

__all__ = ["GroundednessProxy", "proxy_metrics", "score", "score_interaction", "with_answer"]

__getattr__ = face(
    __name__,
    {
        "groundedness": ["GroundednessProxy"],
        "scores": ["proxy_metrics", "score", "score_interaction", "with_answer"],
    },
)
