"""Which score speaks for quality: human, then reference, then judge, then proxy, each by how many records carry it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np

from data.records import PROBABILITY_TAGS, THUMBS, ScoreSource
from drift.quality.measures import Measure, QualityMeasures, Side
from drift.quality.standing import hear, may_speak
from drift.settings import DriftSettings
from drift.windows import Window, set_aside, speaking

_ORDER: tuple[ScoreSource, ...] = ("human", "reference", "judge", "proxy")
_PREFERRED = ("quality", "correctness", "correct", "groundedness", "faithfulness")
_FIGURES = "number_support"
DIMENSIONS = {"relevance": "relevance", "support_carried": "support", "support_kept": "facts", "form": "form"}
"""Our scores that each measure one dimension of quality: none of them speaks for the whole."""
_DENSE = 0.9
"""From this share of scored records on, a score speaks for the whole window without help of another."""


def choose(reference: Side, current: Side, settings: DriftSettings) -> QualityMeasures:
    """Choose the measures for the records of both sides.

    A version of a scorer that only one window knows is not compared; the remark says so. Ratings which users gave of
    their own accord are no sample of the answers and do not speak, but for records with known label probabilities.
    """
    known = _measures(reference, current, settings)
    volunteered = tuple(measure for measure in known if _volunteered(measure, reference, current))
    heard = hear((measure for measure in known if measure not in volunteered), (reference, current), settings)
    figures = _figures(known, settings)
    dimensions = _dimensions(_measures(reference, current, settings, aside=True))
    found = [measure for measure in heard.kept if measure is not figures]
    own = _best([measure for measure in found if measure.coverage >= _DENSE], "proxy")
    notes = (
        *_version_notes(reference.window, current.window),
        *_one_sided_notes(reference, current),
        *map(_volunteered_note, volunteered),
        *heard.notes,
    )
    none = QualityMeasures(None, None, "", notes, volunteered, figures, None, dimensions, heard.aside, own)
    dense = [measure for measure in found if measure.coverage >= _DENSE]
    sampled = [
        measure
        for measure in found
        if measure.source != "proxy" and min(len(measure.reference), len(measure.current)) >= settings.min_labels
    ]
    proxy = _best(dense, "judge") or _best(dense, "proxy") or _best(found, "proxy")
    for source in _ORDER:
        main = _best(dense, source) or _best(sampled, source)
        if main is None:
            continue
        helper = None if main.coverage >= _DENSE or proxy is main else proxy
        between = _best(sampled, "judge") if source in ("human", "reference") and helper else None
        return replace(none, main=main, helper=helper, between=between)
    if proxy is not None:
        return replace(none, main=proxy)
    reason = _why_none(reference.window, current.window, notes)
    return replace(none, reason=reason)


def best_covered(window: Window, settings: DriftSettings) -> tuple[str, ScoreSource, str] | None:
    """Return metric, source and scorer version of the best score that nearly every answer of a window carries."""
    side = Side(window, window.traffic, {})
    enough = _DENSE * max(_scorable(side), 1)
    dense = [
        (_ORDER.index(source), _rank(metric), -len(found), version, metric, source)
        for (metric, source, version), found in _grouped(side).items()
        if len(found) >= enough and settings.quality_metric in (None, metric) and _can_be_watched(side, metric, source)
    ]
    if not dense:
        return None
    _, _, _, version, metric, source = min(dense)
    return metric, source, version


def _can_be_watched(side: Side, metric: str, source: ScoreSource) -> bool:
    mine = [score for score in side.window.scores if (score.metric, score.source) == (metric, source)]
    if source == "proxy":
        return True
    return not any(may_speak(metric, source, score.scale) for score in mine) and len({s.value for s in mine}) > 1


def _measures(reference: Side, current: Side, settings: DriftSettings, *, aside: bool = False) -> list[Measure]:
    """Return what both windows carry: the scores that may speak, or with `aside` those by dimension."""
    groups = [_grouped(side, aside=aside) for side in (reference, current)]
    measures = []
    for metric, source, version in groups[0].keys() & groups[1].keys():
        if not aside and settings.quality_metric not in (None, metric):
            continue
        left, right = (group[metric, source, version] for group in groups)
        shares = [len(found) / max(_scorable(side), 1) for found, side in ((left, reference), (right, current))]
        measures.append(Measure(metric, source, version, left, right, min(*shares, 1.0)))
    return sorted(
        measures, key=lambda measure: (_ORDER.index(measure.source), _rank(measure.metric), -measure.coverage)
    )


def _grouped(side: Side, *, aside: bool = False) -> dict[tuple[str, ScoreSource, str], dict[str, float]]:
    outcome = {item.id: item.outcome for item in side.items}
    groups: dict[tuple[str, ScoreSource, str], dict[str, float]] = defaultdict(dict)
    for score in side.window.scores:
        if set_aside(score) != aside:
            continue
        known = outcome.get(score.interaction_id, "failed")
        if score.value is None or known == "failed" or (score.source == "proxy" and known != "answered"):
            continue
        groups[score.metric, score.source, score.scorer_version][score.interaction_id] = score.value
    return groups


def _scorable(side: Side) -> int:
    # People, references and judges may rate abstentions too, a proxy cannot; answers are what every source can rate.
    return sum(item.outcome == "answered" for item in side.items)


def source_rank(source: str, metric: str) -> tuple[int, tuple[int, str]]:
    """Return how early a score speaks for quality, smallest first."""
    return [*_ORDER, source].index(source), _rank(metric)


def _rank(metric: str) -> tuple[int, str]:
    return (_PREFERRED.index(metric) if metric in _PREFERRED else len(_PREFERRED), metric)


def _best(measures: list[Measure], source: ScoreSource) -> Measure | None:
    return next((measure for measure in measures if measure.source == source), None)


def _figures(measures: list[Measure], settings: DriftSettings) -> Measure | None:
    if settings.quality_metric == _FIGURES:
        return None
    return next((measure for measure in measures if (measure.metric, measure.source) == (_FIGURES, "proxy")), None)


def _dimensions(measures: list[Measure]) -> dict[str, Measure]:
    return {DIMENSIONS[measure.metric]: measure for measure in reversed(measures) if measure.metric in DIMENSIONS}


def _volunteered(measure: Measure, reference: Side, current: Side) -> bool:
    """Tell whether the raters chose the records: thumbs on a part of the answers, with chances nobody knows."""
    if (measure.metric, measure.source) != (THUMBS, "human") or measure.coverage >= _DENSE:
        return False
    tag, rated = PROBABILITY_TAGS["human"], measure.reference.keys() | measure.current.keys()
    return any(tag not in item.tags for side in (reference, current) for item in side.items if item.id in rated)


def _volunteered_note(measure: Measure) -> str:
    means = [sum(found.values()) / len(found) for found in (measure.reference, measure.current)]
    return (
        f"Ratings {measure.metric!r} went from {means[0]:.2f} ({len(measure.reference)} rated) to {means[1]:.2f} "
        f"({len(measure.current)} rated); people who chose to rate are no sample of all answers, so this explains "
        "but does not decide: label a random sample with `drift label`."
    )


def _version_notes(reference: Window, current: Window) -> tuple[str, ...]:
    versions: dict[tuple[str, str], list[set[str]]] = defaultdict(lambda: [set(), set()])
    for side, window in enumerate((reference, current)):
        for score in speaking(window.scores):
            if score.value is not None:
                versions[score.metric, score.source][side].add(score.scorer_version)
    return tuple(
        f"Scores {metric!r} ({source}) come from version {_shown(left)} in {reference.name} and {_shown(right)} in "
        f"{current.name}: only the same version is compared; score both windows again with one version."
        for (metric, source), (left, right) in sorted(versions.items())
        if left and right and left != right
    )


def _one_sided_notes(reference: Side, current: Side) -> tuple[str, ...]:
    """Name labels that only one window carries: people and judges were asked for them, and nothing comes of it."""
    counts: list[Counter[tuple[str, ScoreSource]]] = [Counter(), Counter()]
    for count, side in zip(counts, (reference, current), strict=True):
        for (metric, source, _), found in _grouped(side).items():
            if source != "proxy" and metric != THUMBS:
                count[metric, source] += len(found)
    names = (reference.window.name, current.window.name)
    return tuple(
        f"{counts[side][key]} scores {key[0]!r} ({key[1]}) are in {names[side]} alone and cannot show a change: "
        f"score a sample of {names[1 - side]}, too."
        for side in (0, 1)
        for key in sorted(counts[side].keys() - counts[1 - side].keys())
    )


def _shown(versions: set[str]) -> str:
    return ", ".join(sorted(version or "(none)" for version in versions))


def _why_none(reference: Window, current: Window, notes: tuple[str, ...]) -> str:
    if notes:
        return notes[0]
    empty = [window.name for window in (reference, current) if not window.interactions]
    if empty:
        named = " and ".join(empty)
        return f"Window {named} holds no interactions up to now: wait for some, or compare another period."
    silent = [w.name for w in (reference, current) if not any(i.outcome == "answered" for i in w.interactions)]
    if silent:
        return f"There is no answer to score in window {' and '.join(silent)}: every question failed or was declined."
    without = [
        window.name for window in (reference, current) if not any(s.value is not None for s in speaking(window.scores))
    ]
    if without:
        texts = any(
            context.text for window in (reference, current) for i in window.interactions for context in i.contexts
        )
        if texts:
            return (
                f"No answer is scored in window {' and '.join(without)}, though passages are there: score them, by "
                "`drift import`, `drift compare`, or drift.compare(…, score=eval.scorer_of)."
            )
        return (
            f"No quality scores in window {' and '.join(without)}: log the passages (contexts) with each answer "
            "so that it can be scored, or import scores with it."
        )
    return "The two windows share no quality metric: score both with the same metric."


_LEAST = 20
"""The least number of records, of both windows together, that judge and proxy must share."""


def with_judge(speaking: QualityMeasures) -> QualityMeasures:
    """Put the judge that was asked about a sample into the score that helps people's labels."""
    if speaking.between is None or speaking.helper is None or speaking.helper.source != "proxy":
        return speaking
    return replace(speaking, helper=stacked(speaking.between, speaking.helper))


def stacked(judge: Measure, proxy: Measure) -> Measure:
    """Return the proxy with the judge's score where there is one, and with its forecast of the judge elsewhere.

    The proxy itself comes back where too few records carry both.
    """
    sides = ((judge.reference, proxy.reference), (judge.current, proxy.current))
    shared = [(known[key], cheap[key]) for known, cheap in sides for key in sorted(known.keys() & cheap.keys())]
    if len(shared) < _LEAST or len({value for _, value in shared}) < 2:
        return proxy
    said, guessed = np.array(shared).T
    slope, start = np.polyfit(guessed, said, 1)
    reference, current = (
        {key: known.get(key, float(np.clip(start + slope * value, 0.0, 1.0))) for key, value in cheap.items()}
        for known, cheap in sides
    )
    name = f"{judge.metric} (judge) on {len(shared)}, {proxy.metric}"
    return replace(proxy, metric=name, reference=reference, current=current)
