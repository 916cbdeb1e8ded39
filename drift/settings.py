"""What counts as a drop, how sure an alert must be, and how much data a verdict needs: [drift]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from data.settings import Bounds, Example, FormerName, check


@dataclass(frozen=True, slots=True)
class DriftSettings:
    """The knobs of a comparison; the defaults are meant to be left alone.

    `alpha` is the level of the tests that alert. It bounds the rate of false alerts of one report on a system that did
    not change. The default keeps that rate below 1 % as measured, too (`benchmarks.drift_levels`). At 0.01 there were
    58 alerts in 5,625 windows, with single runs from 0.2 to 1.8 %. In 2,625 of them the default brought 17 alerts, and
    0.01 brought 21. Large drops are seen as often, small ones less often (18 instead of 23 % for a swap
    of 30 % of the traffic).
    """

    drop_that_matters: Annotated[float, Bounds(gt=0.0, lt=1.0)] = 0.10
    """A drop of quality, on the scale from 0 to 1, that must not go unseen. The data must have been able to show it,
    with probability `power`, before a report may call itself steady."""
    false_alert_days: Annotated[float, Bounds(ge=1.0), FormerName("false_page_days")] = 180.0
    """Reports on schedule alert falsely once in so many days at most."""
    alpha: Annotated[float, Bounds(gt=0.0, lt=0.5)] = 0.0075
    """Level of an alert in any single report: false ones stay below 1 %."""
    window_days: Annotated[float, Bounds(gt=0.0, le=36_500.0)] = 7.0
    """How far back a report looks that is given no --since."""
    minimal_drop: Annotated[float, Bounds(ge=0.0, lt=1.0)] = 0.02
    """The smallest mean drop of quality that may alert at all."""
    power: Annotated[float, Bounds(gt=0.0, lt=1.0)] = 0.80
    """How surely a drop that matters would have been seen."""
    confidence: Annotated[float, Bounds(gt=0.0, lt=1.0)] = 0.95
    """How surely the intervals shown hold the truth."""
    fdr: Annotated[float, Bounds(gt=0.0, lt=1.0)] = 0.05
    """Share of findings that may be false."""
    min_records: Annotated[int, Bounds(ge=2)] = 30
    """Fewer scored answers in a window give no verdict."""
    min_pairs: Annotated[int, Bounds(ge=2)] = 15
    """Fewer canaries asked in both windows are not compared."""
    min_labels: Annotated[int, Bounds(ge=2)] = 10
    """Fewer labels in a window do not speak for quality."""
    permutations: Annotated[int, Bounds(ge=19, le=100_000)] = 999
    """Rounds of the permutation tests."""
    seed: Annotated[int, Bounds(ge=0)] = 0
    """Fixes what chance draws: a report made again is the same."""
    quality_metric: Annotated[str | None, Example("faithfulness")] = None
    """The metric that speaks for quality; left out: the best there is."""
    alert_on_dimensions: bool = True
    """Whether relevance, support, facts and form may alert, each on its own. They are always shown. They find answers
    beside the question, cut, looped or copied. Where people's labels speak for all answers, those decide."""
    ops_alpha: Annotated[float, Bounds(gt=0.0, lt=0.5)] = 0.001
    """Level of the tests of errors and latency."""
    error_rate_rise: Annotated[float, Bounds(ge=0.0, le=1.0)] = 0.02
    """A smaller rise of the error rate is no incident."""
    latency_ratio: Annotated[float, Bounds(ge=1.0)] = 1.5
    """A p95 of latency below so many times that of the reference is no incident."""
    latency_rise_ms: Annotated[float, Bounds(ge=0.0)] = 50.0
    """Nor is a smaller rise of it."""

    def __post_init__(self) -> None:
        check(self, "drift")
