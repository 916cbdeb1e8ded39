"""Two rounds of canaries compared: which were right, which are right now, and what that decides."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.canaries.references import AGAIN, CORRECT, judge_references
    from drift.canaries.rounds import ProbeComparison, compare_rounds

__all__ = ["AGAIN", "CORRECT", "ProbeComparison", "compare_rounds", "judge_references"]

__getattr__ = face(
    __name__,
    {
        "references": ["AGAIN", "CORRECT", "judge_references"],
        "rounds": ["ProbeComparison", "compare_rounds"],
    },
)
