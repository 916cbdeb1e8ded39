"""What counts as a drop, how sure a page must be, and how much data a verdict needs."""

from __future__ import annotations

from dataclasses import dataclass, fields

from data.errors import SettingsError


@dataclass(frozen=True, slots=True)
class DriftSettings:
    """The knobs of a comparison; the defaults are meant to be left alone.

    `alpha` is the level of the tests that page. It bounds the false-page rate of one report on a system that did not
    change, and 0.0075 keeps that rate below 1 % as measured, too (`benchmarks.drift_levels`): 0.01 brought 58 pages in
    5,625 windows (single runs 0.2 to 1.8 %), 0.0075 17 in 2,625 of them where 0.01 brought 21. Large drops are seen as
    often, small ones less often (18 instead of 23 % for a swap of 30 % of the traffic).
    `minimal_drop` is the smallest mean drop of quality that may page at all; `drop_that_matters` is the drop the data
    must have been able to show (with probability `power`) before a report may call itself steady. Both are on the
    [0, 1] scale of the score that speaks.
    """

    alpha: float = 0.0075
    minimal_drop: float = 0.02
    drop_that_matters: float = 0.10
    power: float = 0.80
    confidence: float = 0.95
    fdr: float = 0.05
    min_records: int = 30
    min_pairs: int = 15
    min_labels: int = 10
    permutations: int = 999
    seed: int = 0
    quality_metric: str | None = None
    ops_alpha: float = 0.001
    error_rate_rise: float = 0.02
    latency_ratio: float = 1.5
    latency_rise_ms: float = 50.0
    false_page_days: float = 180.0

    def __post_init__(self) -> None:
        for name in ("alpha", "drop_that_matters", "power", "confidence", "fdr", "ops_alpha"):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise SettingsError(f"drift setting {name} = {value!r} must lie between 0 and 1.")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
                raise SettingsError(f"drift setting {field.name} = {value!r} must not be negative.")
