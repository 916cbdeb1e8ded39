"""Every signal of every plane tested once: evidence is adjusted within the report, and a finding needs an effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.records import THUMBS, Interaction
from drift.quality import Measure
from drift.results import Finding, PlaneReport
from drift.settings import DriftSettings
from drift.signals import CATEGORIES, SIGNALS, Features, Signal
from drift.stats import category_shift, classifier_auc, sampled, value_shift, vector_shift
from drift.vocabulary import Plane

_MINIMAL = {"d": 0.2, "TV": 0.10, "AUC": 0.05}
_MIN_VALUES = 20
_MAX_ROWS = 4_000
"""Explanations look at no more records a side: beyond that evidence is complete and only the cost grows."""


@dataclass(frozen=True, slots=True)
class PlaneFeatures:
    """The vectors of the questions and of the answers of both windows, and the topic names of all questions."""

    questions: Features
    answers: Features
    topics_reference: Sequence[str]
    topics_current: Sequence[str]


def find(
    reference: Sequence[Interaction],
    current: Sequence[Interaction],
    features: PlaneFeatures,
    settings: DriftSettings,
    ratings: Sequence[Measure] = (),
    *,
    aside: Sequence[Measure] = (),
) -> tuple[Finding, ...]:
    """Test all signals of two windows and adjust the p-values together (Benjamini–Hochberg), strongest evidence first.

    Benjamini–Hochberg rejects something only if Simes' global test does, so a report on windows that do not differ at
    all holds a finding with probability `settings.fdr` at most. `ratings` are tested as signals of the answers, and
    scores set `aside` as what they are.
    """
    found = [
        *_vector_findings("query", "questions", features.questions, settings),
        *_vector_findings("answer", "answers", features.answers, settings),
        *_category("query", "topic", features.topics_reference, features.topics_current, settings),
        *_category("retrieval", "source used", _sources(reference), _sources(current), settings),
    ]
    for rated in ratings:
        found += _measured("answer", rated.metric, rated)
    for score in aside:
        found += _measured("quality", f"{score.metric}, set from 0 to 1 and best high,", score)
    reference, current = thinned(reference), thinned(current)
    for name, (plane, signal) in SIGNALS.items():
        found += _number(plane, name, _values(reference, signal), _values(current, signal))
    for name, (plane, category) in CATEGORIES.items():
        named = [[category(item) for item in side] for side in (reference, current)]
        found += _category(plane, name, named[0], named[1], settings)
    return adjusted(found, settings.fdr)


def plane_reports(findings: Sequence[Finding], features: PlaneFeatures) -> tuple[PlaneReport, ...]:
    """Sum up the findings of the three planes that explain but never alert."""
    planes: tuple[tuple[Plane, str], ...] = (
        ("query", features.questions.name),
        ("retrieval", "retrieval signals"),
        ("answer", features.answers.name),
    )
    # Who rates can change while the answers stay: ratings are shown, but do not move the plane.
    mine = [finding for finding in findings if finding.signal != THUMBS]
    return tuple(_plane_report(plane, name, [f for f in mine if f.plane == plane]) for plane, name in planes)


def _plane_report(plane: Plane, features: str, mine: list[Finding]) -> PlaneReport:
    if not mine:
        return PlaneReport(
            plane, "unknown", features, None, None, None, "Nothing of this plane was logged in both windows."
        )
    moved = [finding for finding in mine if finding.drifted]
    vector = next((finding for finding in mine if finding.effect_name == "AUC"), None)
    first = min(mine, key=lambda finding: finding.p_value)
    reason = " ".join(finding.sentence for finding in moved[:3]) or "No signal moved beyond chance and minimal effect."
    return PlaneReport(
        name=plane,
        status="moved" if moved else "steady",
        features=features,
        p_value=min(1.0, first.p_value * len(mine)),
        effect=first.effect,
        auc=0.5 + vector.effect if vector else None,
        reason=reason,
    )


def _vector_findings(plane: Plane, what: str, features: Features, settings: DriftSettings) -> list[Finding]:
    rng = np.random.default_rng(settings.seed)
    left, right = (sampled(rows, _MAX_ROWS, rng) for rows in (features.reference, features.current))
    if min(len(left), len(right)) < _MIN_VALUES:
        return []
    p_value = vector_shift(left, right, settings.permutations, settings.seed).p_value
    auc = classifier_auc(left, right, settings.seed).effect
    sentence = (
        f"A classifier tells current from reference {what} with AUC {0.5 + auc:.2f} "
        f"({features.name}, permutation p = {p_value:.2g})."
    )
    return [Finding(plane, what, None, None, auc, "AUC", p_value, p_value, auc >= _MINIMAL["AUC"], sentence)]


def thinned(items: Sequence[Interaction]) -> Sequence[Interaction]:
    """Return at most 4,000 records, evenly over time: what explains needs no more, and memory stays small."""
    return (
        items
        if len(items) <= _MAX_ROWS
        else [items[row] for row in np.linspace(0, len(items) - 1, _MAX_ROWS, dtype=int)]
    )


def _number(plane: Plane, name: str, left: NDArray[np.float64], right: NDArray[np.float64]) -> list[Finding]:
    if min(left.size, right.size) < _MIN_VALUES or (left.min() == left.max() == right.min() == right.max()):
        return []
    shift = value_shift(left, right)
    means = float(left.mean()), float(right.mean())
    verb = "rose" if means[1] > means[0] else "fell"
    change = f"{verb} from {means[0]:.3g} to {means[1]:.3g}"
    sentence = f"{name.capitalize()} {change} (d = {shift.effect:+.2f}, p = {shift.p_value:.2g})."
    large = abs(shift.effect) >= _MINIMAL["d"]
    return [Finding(plane, name, *means, shift.effect, "d", shift.p_value, shift.p_value, large, sentence)]


def _measured(plane: Plane, name: str, measure: Measure) -> list[Finding]:
    sides = [np.array(list(values.values()), dtype=np.float64) for values in (measure.reference, measure.current)]
    return _number(plane, name, sides[0], sides[1])


def _category(
    plane: Plane, name: str, left: Sequence[str], right: Sequence[str], settings: DriftSettings
) -> list[Finding]:
    known = [[value for value in side if value] for side in (left, right)]
    if min(len(side) for side in known) < _MIN_VALUES or len(set(known[0]) | set(known[1])) < 2:
        return []
    shift = category_shift(known[0], known[1], settings.permutations, settings.seed)
    shares = [Counter(side) for side in known]
    moved = max(
        sorted(set(known[0]) | set(known[1])),
        key=lambda value: abs(shares[1][value] / len(known[1]) - shares[0][value] / len(known[0])),
    )
    before, after = (counts[moved] / len(side) for counts, side in zip(shares, known, strict=True))
    change = f"{moved!r} went from {before:.0%} to {after:.0%}"
    sentence = f"{name.capitalize()} {change} (total variation {shift.effect:.2f}, p = {shift.p_value:.2g})."
    large = shift.effect >= _MINIMAL["TV"]
    return [Finding(plane, name, before, after, shift.effect, "TV", shift.p_value, shift.p_value, large, sentence)]


def _values(items: Sequence[Interaction], signal: Signal) -> NDArray[np.float64]:
    found = (signal(item) for item in items)
    return np.array([value for value in found if value is not None and np.isfinite(value)], dtype=np.float64)


def _sources(items: Sequence[Interaction]) -> list[str]:
    """Name the source of each record's first passage: records, not passages, are what is independent."""
    return [item.contexts[0].source for item in items if item.contexts]


def adjusted(found: list[Finding], fdr: float) -> tuple[Finding, ...]:
    """Adjust p-values together (Benjamini–Hochberg), strongest first; what drifted must pass at `fdr` too."""
    from scipy.stats import false_discovery_control

    ordered = sorted(found, key=lambda finding: finding.p_value)
    q_values = false_discovery_control([finding.p_value for finding in ordered])
    return tuple(
        replace(finding, q_value=float(q), drifted=finding.drifted and bool(q <= fdr))
        for finding, q in zip(ordered, q_values, strict=True)
    )


_SURE = 0.001
_MIN_ROWS = 50
_MAX_MOVED_ROWS = 2_000


def moved_share(reference: NDArray[np.float32], current: NDArray[np.float32], settings: DriftSettings) -> float:
    """Return how large a share of questions may be of another kind, as far as a classifier sees; 0 where in doubt.

    Beyond doubt is a permutation test of the question vectors at 0.1 %. A classifier that tells the windows apart with
    an area under its (concave) curve of A separates a share of 2A − 1 at most.
    """
    rng = np.random.default_rng(settings.seed)
    left, right = (sampled(rows, _MAX_MOVED_ROWS, rng) for rows in (reference, current))
    if min(len(left), len(right)) < _MIN_ROWS:
        return 0.0
    if vector_shift(left, right, settings.permutations, settings.seed).p_value > max(
        _SURE, 1.0 / (1 + settings.permutations)
    ):
        return 0.0
    return max(2.0 * classifier_auc(left, right, settings.seed).effect, 0.0)
