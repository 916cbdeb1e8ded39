"""What the gate promises and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from data.errors import InputError
from eval.intervals import Interval

Verdict = Literal["pass", "regression", "too_few"]
EXIT_CODES: dict[Verdict, int] = {"pass": 0, "regression": 1, "too_few": 5}
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


@dataclass(frozen=True, slots=True)
class GateSettings:
    """What the gate promises.

    `alpha` is the chance of stopping an unchanged system (false discovery rate over metrics). `margin` is the drop of a
    mean that must not slip through; `margins` overrides it per metric (cases that must abstain are few: hence a wider
    one). A significant drop below `smallest_drop` stops nothing, nor does one below the share of the accepted mean in
    `smallest_shares`: passages a quarter longer are no reason to stop, passages of twice the length are. A metric that
    lost its value in more than the share `most_lost` of the cases cannot pass. `metrics` that a run does not have are
    left out. `seed` fixes the permutations.
    """

    metrics: tuple[str, ...] = GATED
    alpha: float = 0.05
    margin: float = 0.1
    margins: Mapping[str, float] = field(default_factory=lambda: {"rightly_abstained": 0.25})
    smallest_drop: float = 0.0
    smallest_shares: Mapping[str, float] = field(default_factory=lambda: {"evidence_focus": 0.3})
    most_lost: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        ranges = {"alpha": self.alpha, "margin": self.margin, **{f"margin of {k}": v for k, v in self.margins.items()}}
        for name, value in ranges.items():
            if not 0 < value < 1:
                raise InputError(f"The gate's {name} must lie between 0 and 1, got {value!r}.")
        for drop in (self.smallest_drop, *self.smallest_shares.values()):
            if not 0 <= drop < 1:
                raise InputError(f"The gate's smallest_drop must lie in [0, 1), got {drop!r}.")

    def margin_of(self, metric: str) -> float:
        """Return the drop of `metric` that must not slip through."""
        return self.margins.get(metric, self.margin)

    def smallest_drop_of(self, metric: str, accepted_mean: float) -> float:
        """Return the drop of `metric` below which evidence of one stops nothing."""
        return max(self.smallest_drop, self.smallest_shares.get(metric, 0.0) * accepted_mean)


@dataclass(frozen=True, slots=True)
class MetricGate:
    """One metric's part of the outcome; a positive `difference` means the candidate is better.

    `p_value` is adjusted over metrics. `cases_needed` is how many such cases would rule a drop of `margin` out; None
    where no number would, as the mean fell by as much. `lost` counts cases the accepted run could score and the
    candidate could not; the means are None when that is all of them.
    """

    metric: str
    verdict: Verdict
    accepted_mean: float | None
    candidate_mean: float | None
    difference: Interval
    p_value: float
    margin: float
    minimum_detectable_drop: float
    lost: int
    cases_needed: int | None = None


@dataclass(frozen=True, slots=True)
class RegressedCase:
    """A case on which the candidate is worse in a metric that regressed, with both answers."""

    case_id: str
    question: str
    metric: str
    accepted_value: float
    candidate_value: float
    accepted_answer: str | None
    candidate_answer: str | None


@dataclass(frozen=True, slots=True)
class GateOutcome:
    """The gate's answer; `unpaired` are the ids of cases that only one of the runs has.

    `changed` maps what differs between the two systems (model, prompt version, index …) to its name then and now.
    """

    verdict: Verdict
    metrics: tuple[MetricGate, ...]
    regressed_cases: tuple[RegressedCase, ...]
    unpaired: tuple[str, ...]
    accepted: str
    candidate: str
    pairs: int
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def by_case(self) -> tuple[tuple[RegressedCase, ...], ...]:
        """The regressed cases, each with all metrics it fell in; those that fell in most come first."""
        found: dict[str, list[RegressedCase]] = {}
        for case in self.regressed_cases:
            found.setdefault(case.case_id, []).append(case)
        return tuple(sorted(map(tuple, found.values()), key=len, reverse=True))

    @property
    def exit_code(self) -> int:
        """0 pass, 1 regression, 5 too few cases to see the promised drop."""
        return EXIT_CODES[self.verdict]
