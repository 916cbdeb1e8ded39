"""Faults planted into the records of a log: and whether they would be noticed."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.drill.faults import FAULTS
    from drift.drill.trials import DrillResult, DrillSettings, drill

__all__ = ["DrillResult", "DrillSettings", "FAULTS", "drill"]

__getattr__ = face(
    __name__,
    {
        "faults": ["FAULTS"],
        "trials": ["DrillResult", "DrillSettings", "drill"],
    },
)
