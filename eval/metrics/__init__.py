"""Metrics of an answer against its golden case."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from eval.metrics.catalog import METRICS, answer_match, rightly_abstained
    from eval.metrics.matching import contains, token_recall
    from eval.metrics.sides import SIDE_METRICS, side_metric

__all__ = ["METRICS", "SIDE_METRICS", "answer_match", "contains", "rightly_abstained", "side_metric", "token_recall"]

__getattr__ = face(
    __name__,
    {
        "catalog": ["METRICS", "answer_match", "rightly_abstained"],
        "matching": ["contains", "token_recall"],
        "sides": ["SIDE_METRICS", "side_metric"],
    },
)
