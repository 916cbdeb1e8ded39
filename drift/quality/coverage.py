"""Scoring that stopped: evaluators that do not run any more leave a log that looks calm, and that is an incident."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from data.records import THUMBS, Interaction
from drift.quality.measures import Side
from drift.quality.standing import may_speak
from drift.results import OpsPlane
from drift.settings import DriftSettings
from drift.windows import is_empty, speaking

_BEFORE = 0.5
"""An evaluator that scored a smaller share of the answers was asked about a sample."""
_LEFT = 0.5
"""It has stopped where at most this part of its former share is left."""
_LATE = 0.1
_OURS = "groundedness"

_Scored = Mapping[tuple[str, str], Mapping[str, str]]


def with_scoring(ops: OpsPlane, reference: Side, current: Side, settings: DriftSettings) -> OpsPlane:
    """Add scoring that stopped to the ops plane: it makes it red, whatever latency and errors do."""
    told = scoring_stopped(reference, current, settings)
    if not told:
        return ops
    others = (ops.reason,) if ops.status == "red" else ()
    return replace(ops, status="red", reason=" ".join((*told, *others)))


def scoring_stopped(reference: Side, current: Side, settings: DriftSettings) -> tuple[str, ...]:
    """Return one sentence for each score of quality that most answers carried before and few carry now.

    Labels of people are no evaluator: they come by rounds.
    """
    from scipy.stats import fisher_exact

    sides = (reference, current)
    answered = [[item for item in side.items if item.outcome == "answered" and not is_empty(item)] for side in sides]
    if min(map(len, answered)) < settings.min_records:
        return ()
    before, after = (_scored(side) for side in (reference, current))
    told = []
    for metric, source in sorted(before):
        known = [{item.id for item in answered[0]} & before[metric, source].keys()]
        known.append({item.id for item in answered[1]} & after.get((metric, source), {}).keys())
        shares = [len(ids) / len(items) for ids, items in zip(known, answered, strict=True)]
        if shares[0] < _BEFORE or shares[1] > _LEFT * shares[0]:
            continue
        table = [[len(ids), len(items) - len(ids)] for ids, items in zip(known, answered, strict=True)]
        if fisher_exact(table, alternative="greater").pvalue <= settings.ops_alpha:
            told.append(_sentence((metric, source), shares, answered[1], known[1]) + _why(current, metric, source))
    return tuple(told)


def _scored(side: Side) -> _Scored:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for score in speaking(side.window.scores):
        ours = score.source == "proxy" and score.metric == _OURS
        theirs = score.source in ("judge", "reference") and not may_speak(score.metric, score.source, score.scale)
        if score.value is not None and score.metric != THUMBS and (ours or theirs):
            found.setdefault((score.metric, score.source), {})[score.interaction_id] = score.reason
    return found


def _sentence(what: tuple[str, str], shares: list[float], answered: list[Interaction], scored: set[str]) -> str:
    places = [row for row, item in enumerate(answered) if item.id in scored]
    stop = places[-1] + 1 if places else 0
    began = f"stopped on {answered[stop].at:%Y-%m-%d}" if stop < (1 - _LATE) * len(answered) else "nearly stopped"
    return (
        f"Scoring {began}: {what[0]!r} ({what[1]}) was there for {shares[0]:.0%} of the answers before and for "
        f"{shares[1]:.0%} now."
    )


def _why(side: Side, metric: str, source: str) -> str:
    reasons = Counter(
        score.reason
        for score in side.window.scores
        if (score.metric, score.source) == (metric, source) and score.value is None and score.reason
    )
    return f" The commonest reason: {reasons.most_common(1)[0][0]}." if reasons else ""
