"""Which answers people should judge."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.labels.plan import LabelCandidate, plan_round
    from drift.labels.sampling import proportional, systematic

__all__ = ["LabelCandidate", "plan_round", "proportional", "systematic"]

__getattr__ = face(
    __name__,
    {
        "plan": ["LabelCandidate", "plan_round"],
        "sampling": ["proportional", "systematic"],
    },
)
