"""What a metric is: a name, a measure, a version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from data.cases import Case
from data.records import Interaction


@dataclass(frozen=True, slots=True)
class Metric:
    """A named measure; `share` metrics lie in [0, 1] and are higher for better, others are costs in `unit`."""

    name: str
    measure: Measure
    version: str = "1"
    unit: str = "share"

    @property
    def is_share(self) -> bool:
        """Whether the metric lies in [0, 1], higher for better, and may be gated."""
        return self.unit == "share"


Measure = Callable[[Case, Interaction], float]
