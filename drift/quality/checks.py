"""The pieces of evidence about quality, and how one false-alert level is divided over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from drift.quality.contrast import contrast, matched
from drift.quality.measures import Measure, QualityMeasures, Side
from drift.results import Estimate, QualityTest, shown_p
from drift.settings import DriftSettings
from drift.signals import at_a_limit, cut_off, unsupported_citations
from drift.stats import SMALL, paired
from drift.windows import is_empty, normalised

WEIGHTS = {
    "score": 20.0,
    "late": 2.0,
    "canaries": 3.0,
    "answered": 1.0,
    "citations": 1.0,
    "complete": 1.0,
    "numbers": 1.0,
    "relevance": 8.0,
    "form": 6.0,
    "facts": 4.0,
    "support": 2.0,
}
"""The share of the false-alert level each test may use, where it can be made at all."""

_SENTENCES = {
    "score": "the quality score",
    "late": "the quality score in the last part of the window",
    "canaries": "the canaries' quality score",
    "answered": "the share of questions answered",
    "citations": "the support of citations",
    "complete": "the share of answers that were not cut off",
    "numbers": "the support of numbers by the passages",
    "relevance": "the relevance of answers to their questions",
    "form": "the form of answers (whole, not empty, in the right language, not copied or looped, with their passages)",
    "facts": "the names, figures and negations that answers keep as their passages have them",
    "support": "the support of claims by the passages",
}
_RATE_DROP = 0.05
"""The smallest drop of a share (answered, cited, complete, numbers) that may alert."""

_MIN_ANCHORS = 10
_SPREAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QualityCheck:
    """A test that could be made: evidence for a drop, its size, and the smallest size that may alert.

    `shown` is the size to tell people where that is not the size that decides (labels correct a proxy).
    """

    name: str
    p_drop: float
    delta: float
    minimal: float
    shown: float | None = None


def decide(candidates: Sequence[QualityCheck], settings: DriftSettings) -> tuple[QualityTest, ...]:
    """Divide `alpha` over the candidates (weighted Bonferroni), so that they make one decision with one error rate."""
    total = sum(WEIGHTS[candidate.name] for candidate in candidates)
    decided = []
    for candidate in candidates:
        weight = WEIGHTS[candidate.name] / total
        fired = candidate.p_drop <= settings.alpha * weight and candidate.delta <= -candidate.minimal
        shown = candidate.delta if candidate.shown is None else candidate.shown
        decided.append(QualityTest(candidate.name, weight, candidate.p_drop, shown, fired))
    return tuple(decided)


def fired_sentence(tests: Sequence[QualityTest], metric: str = "") -> str:
    """Say which tests alerted, by how much and how surely; `metric` is the score that speaks."""
    text = "; ".join(_fall(test, metric) for test in tests if test.fired)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _fall(test: QualityTest, metric: str) -> str:
    what = _SENTENCES[test.name] + (f" ({metric})" if metric and test.name == "score" else "")
    if test.delta >= 0:
        return f"{what} fell ({shown_p(test.p_drop)}); by how much is for more labels to say"
    return f"{what} fell by {-test.delta:.3f} ({shown_p(test.p_drop)})"


def answered(reference: Side, current: Side, speaking: QualityMeasures, settings: DriftSettings) -> QualityCheck | None:
    """Test the share of questions that got an answer with words; failures belong to ops."""
    sides = (reference, current)
    rates = [
        {i.id: float(i.outcome == "answered" and not is_empty(i)) for i in side.items if i.outcome != "failed"}
        for side in sides
    ]
    return _rate("answered", rates, sides, settings)


def cited(reference: Side, current: Side, speaking: QualityMeasures, settings: DriftSettings) -> QualityCheck | None:
    """Test the share of citations whose quote was found in the source."""
    sides = (reference, current)
    found = [{item.id: unsupported_citations(item) for item in side.items} for side in sides]
    rates = [{key: 1.0 - value for key, value in side.items() if value is not None} for side in found]
    return _rate("citations", rates, sides, settings)


def complete(reference: Side, current: Side, speaking: QualityMeasures, settings: DriftSettings) -> QualityCheck | None:
    """Test the share of answers that were not cut off; a style that leaves out full stops is not evidence of a cut."""
    sides = (reference, current)
    found = [{item.id: cut_off(item) for item in side.items} for side in sides]
    rates = [{key: 1.0 - value for key, value in side.items() if value is not None} for side in found]
    candidate = _rate("complete", rates, sides, settings)
    stopped = [item for item in current.items if found[1][item.id] == 1.0]
    return candidate if candidate is None or at_a_limit(stopped) else replace(candidate, p_drop=1.0)


def numbers(reference: Side, current: Side, speaking: QualityMeasures, settings: DriftSettings) -> QualityCheck | None:
    """Test the share of an answer's numbers that its passages hold, where people's labels do not speak for all."""
    main, figures = speaking.main, speaking.figures
    if figures is None or (main is not None and main.source != "proxy" and speaking.helper is None):
        return None
    return _rate("numbers", [figures.reference, figures.current], (reference, current), settings)


SHARE_CHECKS: tuple[Callable[[Side, Side, QualityMeasures, DriftSettings], QualityCheck | None], ...] = (
    answered,
    cited,
    complete,
    numbers,
)
"""Tests that need no score to speak; adding one is adding its function here, its weight and its words above."""


def late(reference: Side, current: Side, speaking: QualityMeasures, settings: DriftSettings) -> QualityCheck | None:
    """Test the last half and the last quarter of the current window's scores: a drop that began late is thinned out.

    Only where the window is spread over time and the part holds 50 scores; the smaller p-value is doubled.
    """
    measure = speaking.helper or speaking.main
    assert measure is not None
    ordered = [item.id for item in current.items if item.id in measure.current]
    if not ordered or current.items[-1].at - current.items[0].at < _SPREAD:
        return None
    found = []
    for part in (len(ordered) // 2, len(ordered) // 4):
        if part >= max(settings.min_records, SMALL):
            recent = {key: measure.current[key] for key in ordered[-part:]}
            found.append(contrast(measure.reference, recent, (reference, current), settings).within)
    if not found:
        return None
    best = min(found, key=lambda estimate: estimate.p_drop)
    return QualityCheck("late", min(len(found) * best.p_drop, 1.0), best.delta, settings.minimal_drop)


def canaries(reference: Side, current: Side, main: Measure, settings: DriftSettings) -> QualityCheck | None:
    """Test the fixed questions, paired; None where they are too few or all there is (then they speak anyway)."""
    sides = (reference, current)
    if any(all(item.kind == "canary" for item in side.items) for side in sides):
        return None
    scores = [_scores_of(side, main) for side in sides]
    pairs = matched(scores[0], scores[1], reference.window.canaries, current.window.canaries)
    if pairs is None or pairs[0].size < settings.min_pairs:
        return None
    found = paired(pairs[0], pairs[1], settings.confidence, np.random.default_rng(settings.seed))
    return QualityCheck("canaries", found.p_drop, found.delta, settings.minimal_drop)


def anchor_shift(reference: Side, current: Side, main: Measure, settings: DriftSettings) -> Estimate | None:
    """Estimate how the same answer to the same question with the same passages is scored differently now.

    Such anchors cannot have become worse, so any change is the scorer's. None with fewer than 10 anchors, or where the
    change is no more than chance or than `minimal_drop`.
    """
    before, after = (_scored_contents(side, main) for side in (reference, current))
    shared = sorted(before.keys() & after.keys())
    if len(shared) < _MIN_ANCHORS:
        return None
    x, y = (np.array([np.mean(found[key]) for key in shared]) for found in (before, after))
    shift = paired(x, y, settings.confidence, np.random.default_rng(settings.seed))
    surprising = min(shift.p_drop, 1 - shift.p_drop) <= settings.alpha / 2
    return shift if surprising and abs(shift.delta) >= settings.minimal_drop else None


def without_shift(estimate: Estimate, shift: Estimate) -> Estimate:
    """Take the scorer's own change off an estimate; the uncertainties add up."""
    from scipy.stats import norm

    delta, se = estimate.delta - shift.delta, float(np.hypot(estimate.se, shift.se))
    half = (estimate.high - estimate.low) / 2 / estimate.se * se if estimate.se > 0 else 0.0
    return Estimate(delta, se, delta - half, delta + half, float(norm.cdf(delta / se)) if se > 0 else float(delta >= 0))


def _scored_contents(side: Side, main: Measure) -> dict[tuple[str, ...], list[float]]:
    scores = _scores_of(side, main)
    found: dict[tuple[str, ...], list[float]] = {}
    for item in side.window.interactions:
        if item.id in scores and item.answer:
            passages = sorted(context.text_hash or context.id for context in item.contexts)
            found.setdefault((normalised(item.question), item.answer, *passages), []).append(scores[item.id])
    return found


def _scores_of(side: Side, main: Measure) -> dict[str, float]:
    kind = (main.metric, main.source, main.scorer_version)
    return {
        score.interaction_id: score.value
        for score in side.window.scores
        if score.value is not None and (score.metric, score.source, score.scorer_version) == kind
    }


def _rate(
    name: str, rates: list[dict[str, float]], sides: tuple[Side, Side], settings: DriftSettings
) -> QualityCheck | None:
    known = [value for side in rates for value in side.values()]
    if min(len(side) for side in rates) < settings.min_records or min(known) == max(known):
        return None
    found = contrast(rates[0], rates[1], sides, settings).within
    return QualityCheck(name, found.p_drop, found.delta, _RATE_DROP)
