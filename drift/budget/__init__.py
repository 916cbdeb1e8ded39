"""How often a steady system may alert, kept over months."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.budget.alert_budget import AlertState, Day, Watch, advance, look
    from drift.budget.floor import Floor, quantile
    from drift.budget.watch import Measure, by_day, learn, scored_day

__all__ = [
    "AlertState",
    "Day",
    "Floor",
    "Measure",
    "Watch",
    "advance",
    "by_day",
    "learn",
    "look",
    "quantile",
    "scored_day",
]

__getattr__ = face(
    __name__,
    {
        "alert_budget": ["AlertState", "Day", "Watch", "advance", "look"],
        "floor": ["Floor", "quantile"],
        "watch": ["Measure", "by_day", "learn", "scored_day"],
    },
)
