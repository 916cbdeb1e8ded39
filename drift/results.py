"""What a comparison of two windows found: plain values, ready to be written as JSON, text or HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from drift.vocabulary import EXIT_CODES, CauseName, OpsStatus, Plane, QualityStatus, Verdict


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference current − reference, its standard error and two-sided interval; `p_drop` tests for a drop only."""

    delta: float
    se: float
    low: float
    high: float
    p_drop: float


@dataclass(frozen=True, slots=True)
class WindowSummary:
    """How much a window held. `scored` counts records that carry the score which speaks for quality."""

    name: str
    since: datetime | None
    until: datetime | None
    interactions: int
    canaries: int
    answered: int
    abstained: int
    failed: int
    scored: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One signal that was tested.

    `reference` and `current` are the two values a reader compares (means, rates, or None where there is no single
    number). `effect` is named by `effect_name` ("d" = Cohen's d, "TV" = total variation, "MMD²/null sd", "ratio", …);
    `q_value` is the Benjamini–Hochberg adjusted p-value within the report. `drifted` needs both evidence and a minimal
    effect.
    """

    plane: Plane
    signal: str
    reference: float | None
    current: float | None
    effect: float
    effect_name: str
    p_value: float
    q_value: float
    drifted: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class OpsPlane:
    """Health as an operations dashboard would show it; rates are shares, latencies milliseconds."""

    status: OpsStatus
    error_rate_reference: float | None
    error_rate_current: float | None
    latency_p95_reference: float | None
    latency_p95_current: float | None
    latency_p50_reference: float | None
    latency_p50_current: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class QualityTest:
    """One piece of evidence about quality and the share of the false-alert level it may use."""

    name: str
    weight: float
    p_drop: float
    delta: float
    fired: bool


@dataclass(frozen=True, slots=True)
class QualityDimension:
    """One dimension of quality, by one of our scores: its means, the change with its interval, and what was visible.

    `effective` is how many independent records each window is worth; `minimum_detectable_drop` is for this dimension.
    """

    metric: str
    reference: float
    current: float
    delta: float
    ci: tuple[float, float]
    p_value: float
    minimum_detectable_drop: float | None
    n_reference: int
    n_current: int
    effective: tuple[float, float]


@dataclass(frozen=True, slots=True)
class QualityPlane:
    """How good the answers are.

    `reference`, `current` and `delta` are what the score says about the windows as they are, `ci` the interval of
    `delta`. `e_value` is evidence for a drop that may be looked at every day: of this window alone, or in a report on
    schedule of all days since the baseline (`AlertBudget.evidence`). `within` is the change among questions of the same
    kind: it decides, so that people asking harder questions do not alert. `minimum_detectable_drop` is the drop that
    would have alerted with the power asked for, on the scale of the score. `effective_labels` is how many labels of a
    plain random sample without a proxy would say as much, by window; `bounds` of `delta` are there when another share
    of the answers went unscored; `effective` is how many independent records the windows are worth.
    """

    status: QualityStatus
    reason: str
    metric: str = ""
    source: str = ""
    method: str = ""
    reference: float | None = None
    current: float | None = None
    delta: float | None = None
    ci: tuple[float, float] | None = None
    within: Estimate | None = None
    p_value: float | None = None
    e_value: float | None = None
    minimum_detectable_drop: float | None = None
    n_reference: int = 0
    n_current: int = 0
    n_labelled: int = 0
    proxy_correlation: float | None = None
    effective_labels: tuple[float, float] | None = None
    bounds: tuple[float, float] | None = None
    paired: bool = False
    tests: tuple[QualityTest, ...] = ()
    effective: tuple[float, float] | None = None
    dimensions: Mapping[str, QualityDimension] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlertBudget:
    """What a report on schedule may alert on, so that false alerts stay within one in `budget_days`.

    `evidence` of the closed `days` since the baseline is in days of the budget and alerts (`alerted`) when it reaches
    it; the window tests of this report may alert at `level`.
    """

    days: int
    evidence: float
    budget_days: float
    level: float
    alerted: bool
    measure: str

    @property
    def used(self) -> float:
        """Share of the budget that the evidence fills; 1 or more is an alert."""
        return self.evidence / self.budget_days


@dataclass(frozen=True, slots=True)
class PlaneReport:
    """Whether one plane moved at all. `features` names what the texts were turned into."""

    name: Plane
    status: Literal["steady", "moved", "unknown"]
    features: str
    p_value: float | None
    effect: float | None
    auc: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One topic of questions: its share of the traffic and its quality in both windows.

    `contribution` is the topic's part of the within-topic change of quality; all parts add up to it.
    """

    name: str
    share_reference: float
    share_current: float
    quality_reference: float | None
    quality_current: float | None
    contribution: float
    p_value: float | None
    drifted: bool


@dataclass(frozen=True, slots=True)
class Cause:
    """Why quality moved; `share` is the part of the change it explains, None where it cannot be put in numbers.

    `do_next` are commands as they are typed, each with what it is for behind a `#`.
    """

    cause: CauseName
    share: float | None
    evidence: str
    do_next: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimePoint:
    """One bin of the time line; `quality_low` and `quality_high` bound the mean with the report's confidence."""

    start: datetime
    end: datetime
    window: Literal["reference", "current"]
    interactions: int
    quality: float | None
    quality_low: float | None
    quality_high: float | None
    error_rate: float | None
    latency_p95: float | None


@dataclass(frozen=True, slots=True)
class FingerprintChange:
    """A part of the system that began to differ at a known time."""

    field: str
    before: str
    after: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """When quality most likely changed, with the span of times that fit about as well."""

    at: datetime
    earliest: datetime
    latest: datetime
    p_value: float


@dataclass(frozen=True, slots=True)
class WorseAnswer:
    """A current answer that looks worse than the reference answer to the same or the nearest question."""

    topic: str
    question: str
    answer: str
    score: float
    reference_question: str
    reference_answer: str
    reference_score: float
    interaction_id: str
    reference_id: str


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Everything a comparison found.

    `changes` say what shows that the answers are not what they were; `deciding` are ids of answers, drawn with equal
    chances, whose labels would say whether that is better or worse. `affected` is about the share of current answers
    that got worse, None without a drop. `shown_by` is the dimension that topics, time line and examples show, "" where
    they show the score that speaks. `service` is the name of what answers, "" where it has none.
    """

    verdict: Verdict
    sentence: str
    created: datetime
    reference: WindowSummary
    current: WindowSummary
    ops: OpsPlane
    quality: QualityPlane
    budget: AlertBudget | None = None
    planes: tuple[PlaneReport, ...] = ()
    segments: tuple[Segment, ...] = ()
    causes: tuple[Cause, ...] = ()
    findings: tuple[Finding, ...] = ()
    timeline: tuple[TimePoint, ...] = ()
    fingerprint_changes: tuple[FingerprintChange, ...] = ()
    change_point: ChangePoint | None = None
    examples: tuple[WorseAnswer, ...] = ()
    notes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()
    affected: float | None = None
    shown_by: str = ""
    service: str = ""

    @property
    def exit_code(self) -> int:
        """Exit code of `drift report`: 0 steady, 3 silent drift, 4 ops incident, 5 too little data, 6 changed."""
        return EXIT_CODES[self.verdict]


def shown_p(p: float) -> str:
    """Return "p = 0.012"; what is too small for a floating-point number is told as a bound, for no p-value is 0."""
    return f"p = {p:.2g}" if p > 0 else "p < 1e-300"
