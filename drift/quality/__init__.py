"""How good the answers of two windows are, and whether that differs."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.quality.checks import fired_sentence
    from drift.quality.coverage import with_scoring
    from drift.quality.judgement import JudgedQuality, fallen_dimension, judge_quality
    from drift.quality.measures import Measure, Side
    from drift.quality.scoring import best_covered, source_rank
    from drift.quality.standing import may_speak

__all__ = [
    "JudgedQuality",
    "Measure",
    "Side",
    "best_covered",
    "fallen_dimension",
    "fired_sentence",
    "judge_quality",
    "may_speak",
    "source_rank",
    "with_scoring",
]

__getattr__ = face(
    __name__,
    {
        "checks": ["fired_sentence"],
        "coverage": ["with_scoring"],
        "judgement": ["JudgedQuality", "fallen_dimension", "judge_quality"],
        "measures": ["Measure", "Side"],
        "scoring": ["best_covered", "source_rank"],
        "standing": ["may_speak"],
    },
)
