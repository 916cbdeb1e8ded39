"""A judge beside the golden cases: `rag eval --judge`, and its calibration with human labels, `rag eval calibrate`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import InputError
from data.records import Score
from data.text import plural
from pipelines.wiring import Workspace, build_judge, open_log

if TYPE_CHECKING:
    from eval.intervals import Interval
    from eval.judge import Calibration, JudgeCost, JudgeShift
    from eval.run import EvalRun, JudgeInput

CALIBRATION = "calibration.json"


@dataclass(frozen=True, slots=True)
class JudgingReport:
    """What judging a run cost, what was left unscored and why, and shares corrected by human labels, by metric."""

    answers: int
    cost: JudgeCost
    values: int = 0
    unscored: Mapping[str, int] | None = None
    corrected: Mapping[str, Interval | None] | None = None

    @property
    def unscored_rate(self) -> float:
        """The share of values the judge owed and did not give."""
        missing = sum((self.unscored or {}).values())
        return missing / (missing + self.values) if missing + self.values else 0.0


def judge_run(
    workspace: Workspace,
    run: EvalRun,
    shown: Mapping[str, JudgeInput],
    metrics: Sequence[str] = (),
    *,
    dry: bool = False,
) -> tuple[EvalRun, JudgingReport]:
    """Return the run with judged metrics, and what that cost; with `dry` nothing is asked and the run stays as it is.

    :raises SettingsError: no judge is set.
    :raises JudgeError: a metric is unknown, or needs an embedding model and none is set.
    """
    from eval.judge import with_judgements

    judge = build_judge(workspace, metrics)
    samples = [shown[result.case_id] for result in run.results if result.case_id in shown]
    cost = judge.estimate(samples)
    if dry or not samples:
        return run, JudgingReport(len(samples), cost)
    scores = judge.score(samples)
    reasons = Counter(score.reason for score in scores if score.value is None)
    values = len(scores) - reasons.total()
    return with_judgements(run, scores), JudgingReport(
        len(samples), cost, values, reasons, _corrected(workspace, scores)
    )


def judged_text(judged: JudgingReport) -> str:
    """Say what judging cost, what was left unscored, and what the share of good answers is by human measure."""
    cost = judged.cost
    each = f", {cost.requests / judged.answers:.1f} an answer" if judged.answers else ""
    lines = [
        f"Judge: {plural(judged.answers, 'answer')}, about {plural(cost.requests, 'request')}{each},"
        f" {plural(cost.prompt_tokens, 'prompt token')}, retries on top;"
        f" {plural(cost.remembered, 'value')} remembered from before."
    ]
    if judged.unscored is not None:
        lines.append(f"  {judged.unscored_rate:.1%} of the values are missing.")
        lines += [f"  - {plural(count, 'time')}: {reason}" for reason, count in Counter(judged.unscored).most_common(3)]
    for metric, share in (judged.corrected or {}).items():
        known = f"{share.mean:.3f} [{share.low:.3f}, {share.high:.3f}]" if share else "cannot be told from these labels"
        lines.append(f"  share of answers people would call good, by {metric}: {known}")
    return "\n".join(lines)


def judged_json(judged: JudgingReport) -> dict[str, Any]:
    """Return the same as JSON."""
    from dataclasses import asdict

    corrected = {name: asdict(share) if share else None for name, share in (judged.corrected or {}).items()}
    unscored = {"unscored": dict(judged.unscored or {}), "unscored_rate": judged.unscored_rate}
    return {"answers": judged.answers, "cost": asdict(judged.cost), **unscored, "corrected": corrected}


def calibrate(workspace: Workspace, labels: Path | None) -> tuple[Calibration, ...]:
    """Judge answers that people have labelled, in a file or in the log, and keep both as calibration and anchors.

    :raises InputError: nothing is labelled, or the judge scored none of it.
    """
    from eval.judge import Anchor, Calibration, read_labelled, save_calibrations

    labelled = read_labelled(labels) if labels else _labelled_in_log(workspace)
    judge = build_judge(workspace)
    scores = judge.score([shown for shown, _ in labelled])
    metrics = list(dict.fromkeys(score.metric for score in scores))
    found = []
    for place, metric in enumerate(metrics):
        mine = scores[place :: len(metrics)]
        anchors = tuple(
            Anchor(shown, human, score.value)
            for (shown, human), score in zip(labelled, mine, strict=True)
            if score.value is not None
        )
        if not anchors:
            raise InputError(f"The judge gave no value of {metric} for any labelled answer: {mine[0].reason}.")
        found.append(Calibration(metric, judge.version, anchors, len(mine) - len(anchors)))
    save_calibrations(_calibration_file(workspace), found)
    return tuple(found)


def check_anchors(workspace: Workspace) -> tuple[tuple[Calibration, JudgeShift | None], ...]:
    """Ask the judge again about the labelled answers, past its memory; None where it gave too few values.

    :raises InputError: the judge was never calibrated.
    """
    from eval.judge import JudgeCache, compare_judges

    known = _known(workspace)
    if not known:
        raise InputError("There are no anchors: run `rag eval calibrate` once.")
    checked = []
    for item in known:
        scores = build_judge(workspace, [item.metric], JudgeCache()).score([anchor.shown for anchor in item.anchors])
        pairs = [(then, now.value) for then, now in zip(item.judged, scores, strict=True) if now.value is not None]
        enough = len(pairs) >= len(scores) / 2
        shift = compare_judges([then for then, _ in pairs], [now for _, now in pairs]) if enough else None
        checked.append((item, shift))
    return tuple(checked)


def _corrected(workspace: Workspace, scores: Sequence[Score]) -> dict[str, Interval | None]:
    from eval.judge import corrected_share

    found = {}
    for known in _known(workspace):
        mine = [score for score in scores if (score.metric, score.scorer_version) == (known.metric, known.version)]
        if values := [score.value for score in mine if score.value is not None]:
            found[known.metric] = corrected_share(values, known)
    return found


def _known(workspace: Workspace) -> tuple[Calibration, ...]:
    from eval.judge import load_calibrations

    return load_calibrations(_calibration_file(workspace))


def _calibration_file(workspace: Workspace) -> Path:
    return workspace.data / "evals" / CALIBRATION


def _labelled_in_log(workspace: Workspace) -> list[tuple[JudgeInput, float]]:
    from data.labels import METRIC
    from eval.errors import UnscorableAnswer
    from eval.judge import judge_input

    log = open_log(workspace)
    human = {s.interaction_id: s.value for s in log.scores(kinds=None) if (s.source, s.metric) == ("human", METRIC)}
    labels = {name: value for name, value in human.items() if value is not None}
    found = []
    for item in log.some(labels):
        try:
            found.append((judge_input(item), labels[item.id]))
        except UnscorableAnswer:
            continue
    if not found:
        raise InputError("No answer of the log is labelled: run `drift label`, or pass --labels FILE.jsonl.")
    return found
