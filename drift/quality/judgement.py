"""The quality plane: one decision from all evidence about how good the answers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.records import PROBABILITY_TAGS, Interaction, ScoreSource
from drift.quality import checks as evidence
from drift.quality.contrast import Contrast, contrast
from drift.quality.dimensions import DimensionEvidence, measure_dimensions, smallest_visible
from drift.quality.measures import Measure, QualityMeasures, Side
from drift.quality.missing import missing_scores, with_bounds
from drift.quality.scoring import choose, with_judge
from drift.quality.standing import beside_ours
from drift.results import AlertBudget, Estimate, QualityPlane, QualityTest
from drift.settings import DriftSettings
from drift.stats import SMALL, LabelledWindow, drop_e_process, mean_interval, prediction_powered, visible
from drift.verdict import evidence_sentence

_ROUNDS = 20
_MIN_OVERLAP = 0.25
"""Below this overlap of topics the windows hold different questions and their quality cannot be compared."""

_COVERS = {"form": "complete"}
"""A dimension that sees what a share sees, and tells style from fault: the share is not tested beside it."""


@dataclass(frozen=True, slots=True)
class JudgedQuality:
    """The quality plane, the scores it rests on, and the scorer's own change where anchors showed one."""

    plane: QualityPlane
    speaking: QualityMeasures
    judge_shift: Estimate | None = None


def fallen_dimension(judged: JudgedQuality) -> str:
    """Return the dimension that alerted most surely where the score that speaks did not; "" where there is none."""
    fired = [test for test in judged.plane.tests if test.fired]
    if any(test.name in ("score", "late") for test in fired):
        return ""
    found = [test for test in fired if test.name in judged.speaking.dimensions]
    return min(found, key=lambda test: test.p_drop).name if found else ""


def judge_quality(
    reference: Side, current: Side, settings: DriftSettings, budget: AlertBudget | None = None
) -> JudgedQuality:
    """Estimate the change of quality and decide whether it alerts.

    The false-alert level is divided over the score that speaks, the canaries, the shares of questions answered, of
    citations and numbers supported and of answers not cut off, and the dimensions, whichever exist. Each may only fire
    on a drop that is also large enough to matter. In a report on schedule `budget` gives the level, and evidence that
    days have added up may alert too.
    """
    if budget is not None:
        settings = replace(settings, alpha=budget.level)
    speaking = beside_ours(with_judge(choose(reference, current, settings)), (reference, current), settings)
    tests = (check(reference, current, speaking, settings) for check in evidence.SHARE_CHECKS)
    parts = measure_dimensions(speaking, (reference, current), settings)
    tested = parts if settings.alert_on_dimensions and not _by_people(speaking) else ()
    covered = {_COVERS[part.name] for part in tested if part.name in _COVERS}
    candidates = [test for test in tests if test and test.name not in covered]
    candidates += [evidence.QualityCheck(p.name, p.within.p_drop, p.within.delta, p.smallest) for p in tested]
    if speaking.main is None:
        decided = evidence.decide(candidates, settings)
        sentence = evidence.fired_sentence(decided)
        plane = QualityPlane("drifted" if sentence else "insufficient", sentence or speaking.reason, tests=decided)
        plane = _with_dimensions(plane, parts, settings)
        return JudgedQuality(plane if budget is None else _with_days(plane, budget), speaking)
    shift = evidence.anchor_shift(reference, current, speaking.main, settings)
    plane = _estimated(reference, current, speaking, shift, settings)
    enough = min(plane.n_reference, plane.n_current) >= _needed(plane, settings)
    if enough and plane.within is not None and plane.p_value is not None:
        shown = plane.delta if speaking.helper else None
        score = evidence.QualityCheck("score", plane.p_value, plane.within.delta, settings.minimal_drop, shown)
        candidates.append(score)
    if shift is None and enough and (late := evidence.late(reference, current, speaking, settings)):
        candidates.append(late)
    if shift is None and (probes := evidence.canaries(reference, current, speaking.main, settings)):
        candidates.append(probes)
    decided = evidence.decide(candidates, settings)
    watched = speaking.helper or speaking.main
    gaps = missing_scores(watched, reference, current, settings)
    plane = with_bounds(_concluded(plane, decided, enough, settings), gaps, settings)
    plane = _with_dimensions(plane, parts, settings)
    return JudgedQuality(plane if budget is None else _with_days(plane, budget), speaking, shift)


def _by_people(speaking: QualityMeasures) -> bool:
    """Tell whether people's labels, or answers known to be right, speak for nearly every answer."""
    main = speaking.main
    return main is not None and main.source in ("human", "reference") and speaking.helper is None


def _with_dimensions(
    plane: QualityPlane, parts: tuple[DimensionEvidence, ...], settings: DriftSettings
) -> QualityPlane:
    """Add the dimensions; one that may alert gets the smallest drop that its share of the level would have shown."""
    shares = {test.name: test.weight for test in plane.tests}
    dimensions = {part.name: part.measured for part in parts}
    for part in parts:
        if part.name in shares:
            seen = smallest_visible(part, settings.alpha * shares[part.name], settings)
            dimensions[part.name] = replace(part.measured, minimum_detectable_drop=seen)
    return replace(plane, dimensions=dimensions)


def _with_days(plane: QualityPlane, budget: AlertBudget) -> QualityPlane:
    plane = replace(plane, e_value=budget.evidence)
    if not budget.alerted:
        return plane
    days = evidence_sentence(budget)
    return replace(plane, status="drifted", reason=f"{plane.reason} {days}" if plane.status == "drifted" else days)


def _estimated(
    reference: Side, current: Side, speaking: QualityMeasures, shift: Estimate | None, settings: DriftSettings
) -> QualityPlane:
    main, sides = speaking.main, (reference, current)
    assert main is not None
    plane = _plain(main, contrast(main.reference, main.current, sides, settings), settings)
    if speaking.helper is not None:
        plane = _corrected(plane, main, speaking.helper, sides, settings)
    if shift is None or plane.within is None:
        return plane
    within = evidence.without_shift(plane.within, shift)
    method = f"{plane.method}; the scorer's own change of {shift.delta:+.3f} on repeated answers taken off"
    mdd = _detectable(within.se, settings)
    return replace(plane, within=within, p_value=within.p_drop, method=method, minimum_detectable_drop=mdd)


def _plain(main: Measure, found: Contrast, settings: DriftSettings) -> QualityPlane:
    known = bool(np.isfinite(found.raw.se))
    plane = QualityPlane(
        status="insufficient",
        reason="",
        metric=main.metric,
        source=main.source,
        method=_method(found),
        reference=_mean(found.reference),
        current=_mean(found.current),
        delta=found.raw.delta if known else None,
        ci=(found.raw.low, found.raw.high) if known else None,
        within=found.within if known else None,
        p_value=found.within.p_drop if known else None,
        e_value=_e_value(found, settings.confidence),
        minimum_detectable_drop=_detectable(found.within.se, settings, (found.reference, found.current)),
        n_reference=int(found.reference.size),
        n_current=int(found.current.size),
        n_labelled=0 if main.source == "proxy" else len(main.reference) + len(main.current),
        paired=found.is_paired,
        effective=found.effective if known else None,
    )
    if known and found.overlap < _MIN_OVERLAP:
        return replace(plane, reason=f"Only {found.overlap:.0%} of the questions have counterparts in both windows.")
    return plane


def _corrected(
    plane: QualityPlane, main: Measure, helper: Measure, sides: tuple[Side, Side], settings: DriftSettings
) -> QualityPlane:
    proxy = contrast(helper.reference, helper.current, sides, settings)
    left = _labelled(main.reference, helper.reference, sides[0], main.source)
    right = _labelled(main.current, helper.current, sides[1], main.source)
    if min(left.labels.size, right.labels.size) < settings.min_labels:
        return plane
    found = prediction_powered(left, right, proxy.within, settings.confidence)
    return replace(
        plane,
        method=f"{main.source} labels on a sample, {helper.metric} ({helper.source}) on all: PPI++",
        reference=found.reference,
        current=found.current,
        delta=found.estimate.delta,
        ci=(found.estimate.low, found.estimate.high),
        within=found.test,
        p_value=found.test.p_drop,
        e_value=_e_value(proxy, settings.confidence),
        minimum_detectable_drop=_detectable(found.test.se, settings),
        n_reference=int(left.proxy.size),
        n_current=int(right.proxy.size),
        proxy_correlation=found.correlation,
        effective_labels=found.effective,
        paired=False,
    )


def _labelled(
    labels: Mapping[str, float], scores: Mapping[str, float], side: Side, source: ScoreSource
) -> LabelledWindow:
    scored = [item for item in side.items if item.id in scores]
    chosen = [row for row, item in enumerate(scored) if item.id in labels]
    return LabelledWindow(
        proxy=np.array([scores[item.id] for item in scored]),
        chosen=np.array(chosen, dtype=np.int64),
        labels=np.array([labels[scored[row].id] for row in chosen]),
        weights=np.array([1.0 / _label_probability(scored[row], source) for row in chosen]),
    )


def _label_probability(item: Interaction, source: ScoreSource) -> float:
    # The probability with which the record was chosen for labelling; without the tag, a plain random sample.
    try:
        probability = float(item.tags.get(PROBABILITY_TAGS.get(source, ""), "1"))
    except ValueError:
        return 1.0
    return probability if 0 < probability <= 1 else 1.0


def _concluded(
    plane: QualityPlane, tests: tuple[QualityTest, ...], enough: bool, settings: DriftSettings
) -> QualityPlane:
    if sentence := evidence.fired_sentence(tests, f"{plane.metric}, {plane.source}" if plane.metric else ""):
        return replace(plane, status="drifted", reason=sentence, tests=tests)
    if reason := plane.reason or _shortage(plane, enough, settings):
        return replace(plane, status="insufficient", reason=reason, tests=tests)
    reason = f"No drop; one by {plane.metric} of {plane.minimum_detectable_drop:.3f} or more would have been seen."
    return replace(plane, status="steady", reason=reason, tests=tests)


def _shortage(plane: QualityPlane, enough: bool, settings: DriftSettings) -> str:
    if not enough:
        where = "pairs" if plane.paired else "in each window"
        needed = _needed(plane, settings)
        return f"Only {plane.n_reference} and {plane.n_current} scored records; {needed} {where} are needed."
    seen = plane.minimum_detectable_drop
    if seen is None or seen > settings.drop_that_matters:
        return (
            f"A drop of {settings.drop_that_matters:.2f} could have been missed, only drops of "
            f"{seen or float('inf'):.2f} or more would have been seen: compare longer windows or label more answers."
        )
    return ""


def _e_value(found: Contrast, confidence: float) -> float | None:
    if found.reference.size < 2 or not found.current.size:
        return None
    if found.is_paired:
        return float(drop_e_process((1 + found.current - found.reference) / 2, 0.5)[-1])
    floor = mean_interval(found.reference, confidence)[0]
    return float(drop_e_process(found.current, floor)[-1])


def _detectable(
    se: float, settings: DriftSettings, values: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
) -> float | None:
    """Return the smallest drop that is seen with the power asked for.

    A share near 1 varies more after it fell. With the `values` of both windows the standard error is that after the
    drop: of a score between 0 and 1 the variance moves with m(1 − m). A current window that varies as much already
    stays as it is.
    """
    if not np.isfinite(se):
        return None
    share = evidence.WEIGHTS["score"] / sum(evidence.WEIGHTS.values())
    alpha = settings.alpha * share
    seen = visible(se, alpha, settings.power, settings.minimal_drop)
    if values is None or not all(side.size for side in values):
        return seen
    mean = float(np.clip(values[0].mean(), 0.0, 1.0))
    before, now = (float(side.var()) for side in values)
    known = before / values[0].size + now / values[1].size
    if not 0 < mean < 1 or known <= 0:
        return seen
    for _ in range(_ROUNDS):
        lower = max(mean - seen, 0.0)
        after = max(now, before * lower * (1 - lower) / (mean * (1 - mean)))
        larger = max(1.0, (before / values[0].size + after / values[1].size) / known)
        seen = visible(se * float(np.sqrt(larger)), alpha, settings.power, settings.minimal_drop)
    return float(seen)


def _needed(plane: QualityPlane, settings: DriftSettings) -> int:
    return settings.min_pairs if plane.paired else settings.min_records


def _method(found: Contrast) -> str:
    if found.is_paired:
        return "same questions, paired mean difference"
    if min(found.reference.size, found.current.size) < SMALL:
        return "mean difference, permutation of Welch's t"
    return "mean difference within topics, Welch"


def _mean(values: NDArray[np.float64]) -> float | None:
    return float(values.mean()) if values.size else None
