"""Two windows of any length to a verdict, from daily sketches alone.

Whole UTC days are compared, and days are what counts as independent. Every standard error is at least the one that the
scatter of days gives: a million records of a bad Monday are one bad Monday. What only single records can show
(examples, canaries, pairs of questions, topics found anew) is left to windows that are read in full.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drift.budget import Floor, Measure, quantile
from drift.planes import Health, adjusted, judge_health
from drift.quality import may_speak, source_rank
from drift.results import AlertBudget, DriftReport, Estimate, Finding, QualityPlane, TimePoint, WindowSummary, shown_p
from drift.settings import DriftSettings
from drift.signals import SIGNALS, FrozenTopics
from drift.sketches.day import Histogram, Sketch, merged
from drift.stats import from_error, visible, with_error
from drift.verdict import decide, evidence_sentence, verdict_sentence

Array = NDArray[np.float64]

_DENSE = 0.9
_MIN_DAYS = 3


@dataclass(frozen=True, slots=True)
class Days:
    """A named window as one sketch a day, oldest first."""

    name: str
    days: tuple[tuple[date, Sketch], ...]

    @property
    def whole(self) -> Sketch:
        """All days together."""
        return merged([part for _, part in self.days])


def compare_sketches(
    reference: Days, current: Days, settings: DriftSettings, now: datetime, budget: AlertBudget | None = None
) -> DriftReport:
    """Compare two windows of daily sketches; the alert budget applies as in `drift.comparison.compare`."""
    left, right = reference.whole, current.whole
    ops = judge_health(_health(left), _health(right), settings)
    level = budget.level if budget else settings.alpha
    quality = _quality(reference, current, settings, level)
    if budget is not None and budget.alerted and quality.status != "drifted":
        quality = QualityPlane("drifted", evidence_sentence(budget), quality.metric, quality.source)
    verdict = decide(ops, quality)
    return DriftReport(
        verdict=verdict,
        sentence=verdict_sentence(verdict, ops, quality),
        created=now,
        reference=_summary(reference, left),
        current=_summary(current, right),
        ops=ops,
        quality=quality,
        budget=budget,
        findings=tuple(_findings(reference, current, settings)),
        timeline=(*_timeline(reference, quality, "reference"), *_timeline(current, quality, "current")),
        notes=("Compared from daily sketches: whole days, without examples, canaries and causes.",),
    )


def learn(
    whole: Sketch, topics: FrozenTopics, known: Measure | None, settings: DriftSettings
) -> tuple[Measure, FrozenTopics, Floor] | None:
    """Take from a baseline's sketch what `drift.budget.watch.learn` takes from its records."""
    name = "|".join(known) if known else _measure(whole, whole)
    scores = whole.scores.get(name or "")
    if name is None or scores is None or scores[:, 0].sum() < settings.min_records:
        return None
    metric, source, version = name.split("|", 2)
    measure: Any = (metric, source, version)
    inside = scores[:-1]
    sizes = np.maximum(inside[:, 0], 1.0)
    means = np.where(inside[:, 0] > 0, inside[:, 1] / sizes, _mean(scores))
    z = quantile(settings.confidence)
    return measure, topics, Floor(means, sizes, _residual(scores), z, settings.minimal_drop, _mean(scores))


def _quality(reference: Days, current: Days, settings: DriftSettings, level: float) -> QualityPlane:
    left, right = reference.whole, current.whole
    name = _measure(left, right)
    if name is None:
        return QualityPlane("insufficient", "No score covers most answers of both windows.")
    metric, source, _ = name.split("|", 2)
    x, y = left.scores[name], right.scores[name]
    raw = _mean(y) - _mean(x)
    within = _within(x, y, settings.confidence)
    se = max(within.se, _day_error(reference, current, name))
    found = with_error(within, se, settings.confidence)
    mdd = visible(se, level, settings.power, settings.minimal_drop)
    plane = QualityPlane(
        status="steady",
        reason=f"No drop; one of {mdd:.3f} or more would have been seen.",
        metric=metric,
        source=source,
        method="mean difference within frozen topics, standard error from days",
        reference=_mean(x),
        current=_mean(y),
        delta=raw,
        ci=(raw + found.low - found.delta, raw + found.high - found.delta),
        within=found,
        p_value=found.p_drop,
        minimum_detectable_drop=mdd,
        n_reference=int(x[:, 0].sum()),
        n_current=int(y[:, 0].sum()),
    )
    return _decided(plane, found, settings, level)


def _decided(plane: QualityPlane, found: Estimate, settings: DriftSettings, level: float) -> QualityPlane:
    if found.p_drop <= level and found.delta <= -settings.minimal_drop:
        reason = f"The quality score fell by {-found.delta:.3f} ({shown_p(found.p_drop)})."
        return replace(plane, status="drifted", reason=reason)
    if min(plane.n_reference, plane.n_current) < settings.min_records:
        return replace(plane, status="insufficient", reason="Too few scored records.")
    if (plane.minimum_detectable_drop or 1.0) > settings.drop_that_matters:
        reason = f"A drop of {settings.drop_that_matters:.2f} could have been missed: compare more days."
        return replace(plane, status="insufficient", reason=reason)
    return plane


def _measure(left: Sketch, right: Sketch) -> str | None:
    shared = left.scores.keys() & right.scores.keys()
    answered = [side.names.get("outcome", Counter())["answered"] for side in (left, right)]
    dense = [
        name
        for name in shared
        if not may_speak(*name.split("|")[:2])
        and all(
            side.scores[name][:, 0].sum() >= _DENSE * max(count, 1)
            for side, count in zip((left, right), answered, strict=True)
        )
    ]
    return min(dense, key=lambda name: (source_rank(name.split("|")[1], name.split("|")[0]), name), default=None)


def _within(x: Array, y: Array, confidence: float) -> Estimate:
    # The estimate of `drift.stats.means.within_strata`, from counts, sums and sums of squares by topic.
    m, n = x[:, 0], y[:, 0]
    weight = np.divide(m * n, m + n, out=np.zeros(m.size), where=m + n > 0)
    used = weight > 0
    share = weight[used] / weight.sum()
    delta = float(share @ (y[used, 1] / n[used] - x[used, 1] / m[used]))
    parts = [_residual(side) * float(np.sum(share**2 / side[used, 0])) for side in (x, y)]
    return from_error(delta, float(np.sqrt(sum(parts))), confidence)


def _residual(side: Array) -> float:
    used = side[:, 0] > 0
    rest = side[used, 2] - side[used, 1] ** 2 / side[used, 0]
    return float(rest.sum() / max(side[:, 0].sum() - used.sum(), 1))


def _day_error(reference: Days, current: Days, name: str) -> float:
    """Return the standard error of the difference that the scatter of daily means gives, 0 with too few days."""
    parts = []
    for window in (reference, current):
        rows = [part.scores[name] for _, part in window.days if name in part.scores]
        sizes, means = np.array([row[:, 0].sum() for row in rows]), np.array([_mean(row) for row in rows])
        if len(rows) < _MIN_DAYS:
            return 0.0
        share = sizes / sizes.sum()
        spread = share**2 @ (means - share @ means) ** 2 * len(rows) / (len(rows) - 1)
        parts.append(float(spread))
    return float(np.sqrt(sum(parts)))


def _findings(reference: Days, current: Days, settings: DriftSettings) -> list[Finding]:
    found = [_number(name, reference, current) for name in SIGNALS]
    found += [_vectors(name, reference, current, settings) for name in ("question", "answer")]
    return list(adjusted([finding for finding in found if finding], settings.fdr))


def _number(name: str, reference: Days, current: Days) -> Finding | None:
    left, right = (window.whole.numbers.get(name) for window in (reference, current))
    if left is None or right is None or min(left.count, right.count) < 20:
        return None
    spread = float(np.sqrt((left.variance + right.variance) / 2))
    effect = (right.mean - left.mean) / spread if spread > 0 else 0.0
    days = [[part.numbers[name].mean for _, part in w.days if name in part.numbers] for w in (reference, current)]
    p_value = _welch(np.array(days[0]), np.array(days[1]))
    verb = "rose" if right.mean > left.mean else "fell"
    medians = f"median {left.quantile(0.5):.3g} to {right.quantile(0.5):.3g}"
    sentence = f"{name.capitalize()} {verb} from {left.mean:.3g} to {right.mean:.3g} ({medians}, d = {effect:+.2f})."
    moved = abs(effect) >= 0.2
    return Finding(SIGNALS[name][0], name, left.mean, right.mean, effect, "d", p_value, p_value, moved, sentence)


def _vectors(name: str, reference: Days, current: Days, settings: DriftSettings) -> Finding | None:
    sides = [[part.vectors[name] for _, part in w.days if name in part.vectors] for w in (reference, current)]
    if min(len(side) for side in sides) < _MIN_DAYS:
        return None
    sizes = np.array([count for side in sides for count, _ in side], dtype=float)
    sums = np.stack([total for side in sides for _, total in side])
    rng = np.random.default_rng(settings.seed)
    first = np.arange(sizes.size) < len(sides[0])
    orders = [first, *(rng.permutation(first) for _ in range(settings.permutations))]
    every = np.array([_squared_distance(sums, sizes, order) for order in orders])
    p_value = float(np.mean(every >= every[0] - 1e-12))
    effect = float(np.sqrt(every[0]))
    sentence = f"Vectors of {name}s lie {effect:.3f} apart on average (whole days permuted, p = {p_value:.2g})."
    plane = "query" if name == "question" else "answer"
    moved = effect >= 0.1
    return Finding(plane, f"{name}s", None, None, effect, "distance", p_value, p_value, moved, sentence)  # type: ignore[arg-type]


def _squared_distance(sums: Array, sizes: Array, first: NDArray[np.bool_]) -> float:
    left, right = (sums[side].sum(axis=0) / sizes[side].sum() for side in (first, ~first))
    return float(np.sum((left - right) ** 2))


def _welch(left: Array, right: Array) -> float:
    from scipy.stats import ttest_ind

    if min(left.size, right.size) < _MIN_DAYS or (left.std() == 0 and right.std() == 0):
        return 1.0
    return float(ttest_ind(left, right, equal_var=False).pvalue)


def _timeline(window: Days, quality: QualityPlane, side: str) -> list[TimePoint]:
    points = []
    for day, part in window.days:
        start = datetime.combine(day, datetime.min.time(), UTC)
        names = [name for name in part.scores if name.startswith(f"{quality.metric}|{quality.source}|")]
        scores = part.scores[names[0]] if names else None
        low, high = _interval(scores)
        latency = part.numbers.get("latency")
        points.append(
            TimePoint(
                start,
                start + timedelta(days=1),
                side,  # type: ignore[arg-type]
                part.records,
                _mean(scores) if scores is not None else None,
                low,
                high,
                _failed(part) / part.records if part.records else None,
                latency.quantile(0.95) if latency else None,
            )
        )
    return points


def _interval(scores: Array | None) -> tuple[float | None, float | None]:
    if scores is None or scores[:, 0].sum() < 2:
        return None, None
    half = 1.96 * float(np.sqrt(_residual(scores.sum(axis=0, keepdims=True)) / scores[:, 0].sum()))
    return max(_mean(scores) - half, 0.0), min(_mean(scores) + half, 1.0)


def _mean(scores: Array) -> float:
    return float(scores[:, 1].sum() / scores[:, 0].sum())


def _health(whole: Sketch) -> Health:
    latency = whole.numbers.get("latency", Histogram())
    p50, p95 = latency.quantile(0.5), latency.quantile(0.95)
    return Health(_failed(whole), whole.records, latency.count, p50, p95, latency.above)


def _failed(part: Sketch) -> int:
    return part.names.get("outcome", Counter())["failed"]


def _summary(window: Days, whole: Sketch) -> WindowSummary:
    outcomes = whole.names.get("outcome", Counter())
    edges = [datetime.combine(day, datetime.min.time(), UTC) for day, _ in window.days]
    return WindowSummary(
        name=window.name,
        since=edges[0] if edges else None,
        until=edges[-1] + timedelta(days=1) if edges else None,
        interactions=whole.records,
        canaries=0,
        answered=outcomes["answered"],
        abstained=outcomes["abstained"],
        failed=outcomes["failed"],
    )
