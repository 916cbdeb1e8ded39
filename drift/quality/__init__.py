"""How good the answers of two windows are, and whether that differs."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.quality.checks import fired_sentence
    from drift.quality.judgement import JudgedQuality, judge_quality
    from drift.quality.scoring import Measure, QualityMeasures, Side, best_covered, source_rank

__all__ = [
    "JudgedQuality",
    "Measure",
    "QualityMeasures",
    "Side",
    "best_covered",
    "fired_sentence",
    "judge_quality",
    "source_rank",
]

__getattr__ = face(
    __name__,
    {
        "checks": ["fired_sentence"],
        "judgement": ["JudgedQuality", "judge_quality"],
        "scoring": ["Measure", "QualityMeasures", "Side", "best_covered", "source_rank"],
    },
)
