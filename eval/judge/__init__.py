"""Scores of a model that judges, and how far to trust it."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from eval.judge.anchors import (
        Anchor,
        Calibration,
        corrected_share,
        load_calibrations,
        read_labelled,
        save_calibrations,
    )
    from eval.judge.cache import JudgeCache
    from eval.judge.calibration import JudgeShift, compare_judges
    from eval.judge.judge import Judge, JudgeCost, with_judgements
    from eval.judge.metrics import JUDGED, judge_input
    from eval.judge.settings import JudgeSettings

__all__ = [
    "Anchor",
    "Calibration",
    "JUDGED",
    "Judge",
    "JudgeCache",
    "JudgeCost",
    "JudgeSettings",
    "JudgeShift",
    "compare_judges",
    "corrected_share",
    "judge_input",
    "load_calibrations",
    "read_labelled",
    "save_calibrations",
    "with_judgements",
]

__getattr__ = face(
    __name__,
    {
        "anchors": [
            "Anchor",
            "Calibration",
            "corrected_share",
            "load_calibrations",
            "read_labelled",
            "save_calibrations",
        ],
        "cache": ["JudgeCache"],
        "calibration": ["JudgeShift", "compare_judges"],
        "judge": ["Judge", "JudgeCost", "with_judgements"],
        "metrics": ["JUDGED", "judge_input"],
        "settings": ["JudgeSettings"],
    },
)
