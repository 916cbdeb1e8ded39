"""Scores as rows of other programs hold them: one that cannot be read is missing with the reason, its row stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.errors import InputError
from data.interchange.row import SCORE
from data.records import IMPORTED, SCORE_SOURCES, Score, ScoreSource
from data.scales import MetricSettings, Scale, reading_of, scale_of

_ODD = "(unreadable)"
_LONGEST = 64
_SOURCES: dict[str, ScoreSource] = {
    **{source: source for source in SCORE_SOURCES},
    **dict.fromkeys(("llm", "model", "eval", "evaluator", "automatic", "llm_judge", "llm_as_a_judge", "ai"), "judge"),
    **dict.fromkeys(("annotation", "annotator", "people", "user", "feedback", "app", "expert", "manual"), "human"),
    **dict.fromkeys(("ground_truth", "gold", "expected", "code", "heuristic"), "reference"),
}


def score_of(interaction_id: str, item: object, metrics: MetricSettings | None = None) -> Score:
    """Return a score of our own format; what is wrong with it is its reason, and its value is missing then."""
    source: ScoreSource | None = "human"
    try:
        row = SCORE.read(item)
        metric, reason, scorer, version = row.metric, row.reason, row.scorer or IMPORTED, row.scorer_version
        value = row.value
        source = _SOURCES.get(str(row.source).casefold()) if row.source else "human"
    except InputError as error:
        metric, reason, scorer, version, value = _metric(item), str(error), IMPORTED, "", None
    if source is None:
        known = ", ".join(SCORE_SOURCES)
        return Score(interaction_id, metric, None, "judge", f"its source is none of {known}", scorer, version)
    keys = item if isinstance(item, Mapping) else {}
    return scored(Score(interaction_id, metric, None, source, reason, scorer, version), value, keys, metrics)


def scored(bare: Score, value: Any, keys: Mapping[str, Any], metrics: MetricSettings | None = None) -> Score:
    """Return a score with the number that `value` stands for and the scale that the other keys of its row tell."""
    read = reading_of(value, metrics.order(bare.metric) if metrics else ())
    told = keys.get("scale") if isinstance(keys.get("scale"), str) else ""
    scale = _parsed(read.scale).over(scale_of(keys)).over(_parsed(told or ""))
    reason = bare.reason if read.value is not None else bare.reason or read.reason
    return Score(
        bare.interaction_id,
        bare.metric[:_LONGEST],
        read.value,
        bare.source,
        (reason or read.reason)[:240],
        bare.scorer[:_LONGEST],
        bare.scorer_version[:_LONGEST],
        str(scale)[:_LONGEST],
    )


def _parsed(text: str) -> Scale:
    try:
        return Scale.parse(text)
    except ValueError:
        return Scale()


def _metric(item: object) -> str:
    found = item.get("metric") or item.get("name") if isinstance(item, Mapping) else None
    return found[:_LONGEST] if isinstance(found, str) and found else _ODD
