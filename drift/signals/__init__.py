"""What is measured of one interaction: numbers, categories, vectors, topics."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.signals.catalog import (
        CATEGORIES,
        SIGNALS,
        Signal,
        context_count,
        context_words,
        cut_off,
        question_coverage,
        score_margin,
        top_score,
        total_latency,
        unsupported_citations,
        words,
    )
    from drift.signals.fingerprints import new_values
    from drift.signals.frozen_topics import UNKNOWN, FrozenTopics, freeze_topics, median_distance
    from drift.signals.topics import Topics, fit_topics
    from drift.signals.truncation import at_a_limit, flagged_cut, stops_inside
    from drift.signals.vectors import Features, answer_features, hashed_words, question_features

__all__ = [
    "CATEGORIES",
    "Features",
    "FrozenTopics",
    "SIGNALS",
    "Signal",
    "Topics",
    "UNKNOWN",
    "answer_features",
    "at_a_limit",
    "context_count",
    "context_words",
    "cut_off",
    "fit_topics",
    "flagged_cut",
    "freeze_topics",
    "hashed_words",
    "median_distance",
    "new_values",
    "question_coverage",
    "question_features",
    "score_margin",
    "stops_inside",
    "top_score",
    "total_latency",
    "unsupported_citations",
    "words",
]

__getattr__ = face(
    __name__,
    {
        "catalog": [
            "CATEGORIES",
            "SIGNALS",
            "Signal",
            "context_count",
            "context_words",
            "cut_off",
            "question_coverage",
            "score_margin",
            "top_score",
            "total_latency",
            "unsupported_citations",
            "words",
        ],
        "fingerprints": ["new_values"],
        "frozen_topics": ["FrozenTopics", "UNKNOWN", "freeze_topics", "median_distance"],
        "topics": ["Topics", "fit_topics"],
        "truncation": ["at_a_limit", "flagged_cut", "stops_inside"],
        "vectors": ["Features", "answer_features", "hashed_words", "question_features"],
    },
)
