"""Put a judge's scores into an evaluation run, so that the gate treats them like any other metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from data.records import Score
from eval.run import CaseResult, EvalRun, MetricInfo


def with_judgements(run: EvalRun, scores: Sequence[Score]) -> EvalRun:
    """Return the run with the scores as further metrics; `interaction_id` of each score must be the case id.

    Cases without a score of a metric are counted as unscored.
    """
    versions = {score.metric: score.scorer_version for score in scores}
    by_case: dict[str, dict[str, Score]] = {}
    for score in scores:
        by_case.setdefault(score.interaction_id, {})[score.metric] = score
    return replace(
        run,
        metrics=(*run.metrics, *(MetricInfo(name, version, "share") for name, version in versions.items())),
        results=tuple(_with_scores(result, by_case.get(result.case_id, {}), versions) for result in run.results),
    )


def _with_scores(result: CaseResult, scores: Mapping[str, Score], names: Mapping[str, str]) -> CaseResult:
    given = {name: score.value for name, score in scores.items() if score.value is not None}
    missing = {name: scores[name].reason if name in scores else "not judged" for name in names if name not in given}
    return replace(result, values={**result.values, **given}, unscored={**result.unscored, **missing})
