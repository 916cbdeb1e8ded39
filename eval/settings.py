"""What `rag eval --gate` promises, and how many questions are under way at a time: [eval]."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from data.errors import InputError
from data.settings import Bounds, Example, check

GATED = (
    "completed",
    "answer_match",
    "rightly_answered",
    "rightly_abstained",
    "source_recall",
    "evidence_recall",
    "evidence_focus",
    "dense_recall",
    "lexical_recall",
    "citation_precision",
    "citation_recall",
    "groundedness",
)
_MARGINS = {"rightly_abstained": 0.25}
"""Cases that must abstain are few: hence a wider margin."""
_SMALLEST_SHARES = {"evidence_focus": 0.3}
"""A drop below this share of the accepted mean stops nothing: passages a quarter longer are no reason to stop, passages
of twice the length are."""


@dataclass(frozen=True, slots=True)
class EvalSettings:
    """What the gate promises; `rag eval` has options for some of it.

    `margins` are laid over ours, which are wider for metrics of few cases.

    :raises InputError: a value is out of range.
    """

    metrics: tuple[str, ...] = ()
    """What is gated; empty: answer_match, source_recall, groundedness and others. Those that a run does not have are
    left out."""
    alpha: Annotated[float, Bounds(gt=0.0, lt=0.5)] = 0.05
    """Chance of stopping an unchanged system. It is the false discovery rate over metrics."""
    margin: Annotated[float, Bounds(gt=0.0, lt=1.0)] = 0.1
    """A drop of a mean that must not slip through."""
    margins: Annotated[dict[str, float], Example({"answer_match": 0.05})] = field(default_factory=dict)
    """The same for single metrics."""
    smallest_drop: Annotated[float, Bounds(ge=0.0, lt=1.0)] = 0.0
    """A proven drop that is smaller stops nothing."""
    most_lost: Annotated[float, Bounds(ge=0.0, le=1.0)] = 0.2
    """A metric that lost its value in more than this share of the cases cannot pass."""
    concurrency: Annotated[int, Bounds(ge=1, le=256)] = 4
    """Questions under way at a time; 1 to measure latency."""
    seed: Annotated[int, Bounds(ge=0)] = 0
    """Fixes the permutations."""

    def __post_init__(self) -> None:
        check(self, "eval", InputError)
        for metric, margin in self.margins.items():
            if not 0 < margin < 1:
                raise InputError(f"The margin of {metric} in eval.margins must lie between 0 and 1, got {margin!r}.")

    @property
    def gated(self) -> tuple[str, ...]:
        """The metrics that are gated."""
        return self.metrics or GATED

    def margin_of(self, metric: str) -> float:
        """Return the drop of `metric` that must not slip through."""
        return self.margins.get(metric, _MARGINS.get(metric, self.margin))

    def smallest_drop_of(self, metric: str, accepted_mean: float) -> float:
        """Return the drop of `metric` below which evidence of one stops nothing."""
        return max(self.smallest_drop, _SMALLEST_SHARES.get(metric, 0.0) * accepted_mean)
