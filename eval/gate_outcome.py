"""What the gate promises and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from eval.intervals import Interval

Verdict = Literal["pass", "regression", "too_few"]
EXIT_CODES: dict[Verdict, int] = {"pass": 0, "regression": 1, "too_few": 5}


@dataclass(frozen=True, slots=True)
class MetricGate:
    """One metric's part of the outcome; a positive `difference` means the candidate is better.

    `p_value` is adjusted over metrics. `cases_needed` is how many such cases would rule a drop of `margin` out; None
    where no number would, as the mean fell by as much. `lost` counts cases the accepted run could score and the
    candidate could not, for the reason `unscored` most of all; the means are None when that is all of them.
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
    unscored: str = ""

    @property
    def is_unmeasured(self) -> bool:
        """Whether the candidate has no value at all where the accepted run had some: its judge is dead, or the like."""
        return self.lost > 0 and not self.difference.count


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
