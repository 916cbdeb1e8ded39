"""Whether a score may speak for quality: it must measure quality, vary, cover enough, and not be noise.

What may not is set aside by name, with the reason, and the next score speaks. It never silences our own scores.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from data.records import Score
from data.scales import Scale, meaning
from drift.quality.contrast import contrast
from drift.quality.measures import Measure, QualityMeasures, Side
from drift.results import Estimate
from drift.settings import DriftSettings
from drift.windows import speaking

_UNSCORED = 0.5
_LEAST_SHARED = 20
_RELATED = 0.01
_ROLES = {
    "other": "it measures something else than whether answers are right",
    "passages": "it measures the passages, not the answers",
    "safety": "it measures whether answers are harmless, not whether they are right",
    "unknown": "nothing tells what it measures; metrics.speak or drift.quality_metric lets it speak",
}


@dataclass(frozen=True, slots=True)
class HeardMeasures:
    """The measures that may speak, those set aside, and one sentence for each of these."""

    kept: tuple[Measure, ...]
    aside: tuple[Measure, ...]
    notes: tuple[str, ...]


def may_speak(metric: str, source: str, scale: str = "") -> str:
    """Return why a score does not measure quality; empty where it does. Our own scores always do."""
    told = Scale.parse(scale).speaks if scale else None
    if told is not None:
        return "" if told else "metrics.silent names it"
    role = meaning(metric).role
    if role == "quality" or (source == "proxy" and role == "unknown"):
        return ""
    return _ROLES[role]


def hear(measures: Iterable[Measure], sides: tuple[Side, Side], settings: DriftSettings) -> HeardMeasures:
    """Divide measures into those that may speak and those set aside."""
    scales = _scales(sides)
    unscored = tuple(_unscored(side) for side in sides)
    kept: list[Measure] = []
    aside: list[Measure] = []
    notes: list[str] = []
    for measure in measures:
        scale = scales.get((measure.metric, measure.source), "")
        why = _why_not(measure, scale, unscored, settings)
        (aside if why else kept).append(measure)
        if why:
            notes.append(_note(measure, why))
    return HeardMeasures(tuple(kept), tuple(aside), tuple(notes))


def _why_not(
    measure: Measure, scale: str, unscored: tuple[Counter[tuple[str, str]], ...], settings: DriftSettings
) -> str:
    if measure.metric != settings.quality_metric and (why := may_speak(measure.metric, measure.source, scale)):
        return why
    values = (*measure.reference.values(), *measure.current.values())
    if measure.source != "proxy" and len(values) > 1 and min(values) == max(values):
        return f"it is {values[0]:g} on every answer, so no change could show"
    sides = zip((measure.reference, measure.current), unscored, strict=True)
    shares = [lost[measure.metric, measure.source] / max(len(found), 1) for found, lost in sides]
    if measure.source == "judge" and max(shares) > _UNSCORED / (1 - _UNSCORED):
        parts = [f"{share / (1 + share):.0%}" for share in shares]
        return f"it has no value for {parts[0]} and {parts[1]} of the answers it was asked about"
    return ""


def _note(measure: Measure, why: str) -> str:
    means = [sum(found.values()) / len(found) for found in (measure.reference, measure.current) if found]
    went = f" It went from {means[0]:.2f} to {means[1]:.2f}." if len(means) == 2 and means[0] != means[1] else ""
    return f"Score {measure.metric!r} ({measure.source}) is set aside and does not speak for quality: {why}.{went}"


def _scales(sides: tuple[Side, Side]) -> dict[tuple[str, str], str]:
    return {(score.metric, score.source): score.scale for side in sides for score in side.window.scores if score.scale}


def _unscored(side: Side) -> Counter[tuple[str, str]]:
    rated = {item.id for item in side.items if item.outcome == "answered"}
    lost: Iterable[Score] = (score for score in speaking(side.window.scores) if score.value is None)
    return Counter((score.metric, score.source) for score in lost if score.interaction_id in rated)


def beside_ours(heard: QualityMeasures, sides: tuple[Side, Side], settings: DriftSettings) -> QualityMeasures:
    """Lay the judge that speaks beside our own score, which covers all answers.

    Where ours fell beyond doubt and the judge did not, a judge whose values have nothing to do with ours within the
    windows is noise: ours speaks. Else both stand, and the report tells that they disagree.
    """
    judge, ours = heard.main, heard.ours
    if judge is None or ours is None or judge.source != "judge" or judge is ours or heard.helper is not None:
        return heard
    changes = [contrast(measure.reference, measure.current, sides, settings).within for measure in (judge, ours)]
    fell = [_fell(change, settings) for change in changes]
    if fell[0] == fell[1]:
        return heard
    if fell[1] and not _related(judge, ours):
        why = f"it has nothing to do with {ours.metric} (ours), which fell by {-changes[1].delta:.3f}"
        return replace(
            heard, main=ours, notes=(*heard.notes, _note(judge, why)), aside=(*heard.aside, judge), between=None
        )
    by = [f"by {m.metric} ({m.source}) {c.delta:+.3f}" for m, c in zip((judge, ours), changes, strict=True)]
    told = (
        f"Two scores disagree on the change among like questions: {' and '.join(by)}. "
        "Read some answers, or label a sample with `drift label`: people decide."
    )
    return replace(heard, notes=(*heard.notes, told), disputed=difference_of(judge, ours))


def difference_of(judge: Measure, ours: Measure) -> Measure:
    """Return judge less ours on the answers that carry both."""
    name = f"{judge.metric} ({judge.source}) less {ours.metric}"
    reference, current = (
        {key: mine[key] - other[key] for key in mine.keys() & other.keys()}
        for mine, other in ((judge.reference, ours.reference), (judge.current, ours.current))
    )
    return replace(judge, metric=name, reference=reference, current=current)


def _fell(change: Estimate, settings: DriftSettings) -> bool:
    return bool(np.isfinite(change.se)) and change.p_drop <= settings.alpha and change.delta <= -settings.minimal_drop


def _related(judge: Measure, ours: Measure) -> bool:
    """Tell whether two scores rise and fall together over the answers of each window."""
    from scipy.stats import rankdata, spearmanr

    ranks: list[tuple[float, float]] = []
    for mine, other in _shared(judge, ours):
        if len(mine) >= _LEAST_SHARED:
            left, right = rankdata(mine) / len(mine), rankdata(other) / len(other)
            ranks += list(zip(left - left.mean(), right - right.mean(), strict=True))
    if not ranks:
        return True
    x, y = np.array(ranks).T
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return False
    found = spearmanr(x, y, alternative="greater")
    return bool(found.pvalue <= _RELATED)


def _shared(judge: Measure, ours: Measure) -> Iterable[tuple[list[float], list[float]]]:
    pairs: tuple[tuple[Mapping[str, float], Mapping[str, float]], ...] = (
        (judge.reference, ours.reference),
        (judge.current, ours.current),
    )
    for mine, other in pairs:
        keys = sorted(mine.keys() & other.keys())
        yield [mine[key] for key in keys], [other[key] for key in keys]
