"""Compare a candidate run with an accepted one, case by case, and say whether it may pass.

Each metric is compared on the cases that both runs could score. A one-sided sign-flip permutation test asks whether the
mean dropped, corrected over metrics (Benjamini-Hochberg). The paired difference has a confidence interval. Three
answers are possible:

- regression: the drop is significant and at least the metric's smallest;
- pass: the interval excludes a drop of `margin` or more (non-inferiority);
- too few cases: neither. Nothing got provably worse, but these cases could not have shown a drop of `margin`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from data.arguments import expect
from data.errors import InputError
from eval.gate_outcome import GateOutcome, MetricGate, RegressedCase, Verdict
from eval.intervals import Interval, cases_needed, difference_interval, drop_p_value, minimum_detectable_drop
from eval.run import CaseResult, EvalRun
from eval.settings import EvalSettings


@dataclass(frozen=True, slots=True)
class _Pairs:
    metric: str
    accepted: tuple[float, ...]
    candidate: tuple[float, ...]
    lost: int
    unscored: str

    @property
    def differences(self) -> tuple[float, ...]:
        return tuple(new - old for old, new in zip(self.accepted, self.candidate, strict=True))

    @property
    def accepted_mean(self) -> float | None:
        return fmean(self.accepted) if self.accepted else None

    @property
    def candidate_mean(self) -> float | None:
        return fmean(self.candidate) if self.candidate else None


def gate(accepted: EvalRun, candidate: EvalRun, settings: EvalSettings | None = None) -> GateOutcome:
    """Judge `candidate` against `accepted`.

    :raises InputError: the runs share no case or no gated metric, asked different questions under one id, or measured a
        gated metric with different versions.
    """
    for name, run in (("accepted", accepted), ("candidate", candidate)):
        expect("eval.gate", name, run, EvalRun, "a run, as eval.evaluate or eval.load_run returns")
    if settings is not None:
        expect("eval.gate", "settings", settings, EvalSettings, "eval.EvalSettings(…)")
    settings = settings or EvalSettings()
    pairs = _paired_cases(accepted, candidate)
    gates = _judge(_scored_pairs(accepted, candidate, pairs, settings), settings)
    regressed = [item.metric for item in gates if item.verdict == "regression"]
    ids = [{result.case_id for result in run.results} for run in (accepted, candidate)]
    return GateOutcome(
        verdict=_overall(gates),
        metrics=gates,
        regressed_cases=_regressed_cases(pairs, regressed),
        unpaired=tuple(sorted(ids[0] ^ ids[1])),
        accepted=accepted.label or accepted.id,
        candidate=candidate.label or candidate.id,
        pairs=len(pairs),
        changed=_changed(accepted, candidate),
    )


def _changed(accepted: EvalRun, candidate: EvalRun) -> dict[str, tuple[str, str]]:
    old, new = accepted.fingerprint, candidate.fingerprint
    parts = old.keys() | new.keys() if old and new else set()
    return {part: (old.get(part, ""), new.get(part, "")) for part in sorted(parts) if old.get(part) != new.get(part)}


def _paired_cases(accepted: EvalRun, candidate: EvalRun) -> list[tuple[CaseResult, CaseResult]]:
    new = {result.case_id: result for result in candidate.results}
    pairs = [(old, new[old.case_id]) for old in accepted.results if old.case_id in new]
    if not pairs:
        raise InputError("The two runs share no case: evaluate the candidate on the cases of the accepted run.")
    for before, after in pairs:
        if before.question != after.question:
            raise InputError(
                f"Case {before.case_id!r} asked {before.question!r} then and {after.question!r} now: "
                "give a changed question a new id, or accept a new run."
            )
    return pairs


def _scored_pairs(
    accepted: EvalRun, candidate: EvalRun, pairs: Sequence[tuple[CaseResult, CaseResult]], settings: EvalSettings
) -> list[_Pairs]:
    found = [_pairs_of(metric, pairs) for metric in _common_metrics(accepted, candidate, settings)]
    scored = [item for item in found if item.accepted or item.lost]
    if not scored:
        raise InputError(
            f"None of the gated metrics ({', '.join(settings.gated)}) has a value in both runs: "
            "gate metrics the runs measure."
        )
    return scored


def _common_metrics(accepted: EvalRun, candidate: EvalRun, settings: EvalSettings) -> list[str]:
    old, new = ({metric.name: metric for metric in run.metrics} for run in (accepted, candidate))
    names = [name for name in settings.gated if name in old and name in new]
    for name in names:
        if old[name].version != new[name].version:
            raise InputError(
                f"Metric {name!r} was measured with version {old[name].version} then and {new[name].version} now: "
                "accept a new run measured with this version."
            )
        if not old[name].is_share:
            raise InputError(f"Metric {name!r} is measured in {old[name].unit}: only metrics in [0, 1] can be gated.")
    return names


def _pairs_of(metric: str, pairs: Sequence[tuple[CaseResult, CaseResult]]) -> _Pairs:
    both = [(old, new) for old, new in pairs if metric in old.values and metric in new.values]
    lost = [new for old, new in pairs if metric in old.values and metric not in new.values]
    reasons = Counter(new.unscored.get(metric) or new.error or "no value" for new in lost).most_common(1)
    values = [tuple(result.values[metric] for result in side) for side in zip(*both, strict=True)] or [(), ()]
    return _Pairs(metric, values[0], values[1], len(lost), reasons[0][0] if reasons else "")


def _judge(scored: Sequence[_Pairs], settings: EvalSettings) -> tuple[MetricGate, ...]:
    from scipy.stats import false_discovery_control

    p_values = false_discovery_control([drop_p_value(item.differences, settings.seed) for item in scored])
    return tuple(
        _judge_metric(item, float(p_value), settings, len(scored))
        for item, p_value in zip(scored, p_values, strict=True)
    )


def _judge_metric(item: _Pairs, p_value: float, settings: EvalSettings, metrics: int) -> MetricGate:
    # One-sided at alpha, hence a two-sided interval with alpha in each tail.
    interval = difference_interval(item.differences, 1 - 2 * settings.alpha)
    return MetricGate(
        metric=item.metric,
        verdict=_verdict(item, interval, p_value, settings),
        accepted_mean=item.accepted_mean,
        candidate_mean=item.candidate_mean,
        difference=interval,
        p_value=p_value,
        margin=settings.margin_of(item.metric),
        minimum_detectable_drop=minimum_detectable_drop(item.differences, settings.alpha / metrics),
        lost=item.lost,
        unscored=item.unscored,
        cases_needed=cases_needed(item.differences, settings.margin_of(item.metric), 1 - 2 * settings.alpha),
    )


def _verdict(item: _Pairs, interval: Interval, p_value: float, settings: EvalSettings) -> Verdict:
    least = settings.smallest_drop_of(item.metric, item.accepted_mean or 0.0)
    if p_value <= settings.alpha and interval.mean <= -least:
        return "regression"
    kept = item.lost <= settings.most_lost * (item.lost + interval.count)
    return "pass" if kept and interval.low > -settings.margin_of(item.metric) else "too_few"


def _overall(gates: Sequence[MetricGate]) -> Verdict:
    verdicts = {item.verdict for item in gates}
    if "regression" in verdicts:
        return "regression"
    return "too_few" if "too_few" in verdicts else "pass"


def _regressed_cases(
    pairs: Sequence[tuple[CaseResult, CaseResult]], metrics: Sequence[str]
) -> tuple[RegressedCase, ...]:
    found = [
        RegressedCase(old.case_id, old.question, metric, old.values[metric], new.values[metric], old.answer, new.answer)
        for metric in metrics
        for old, new in pairs
        if metric in old.values and metric in new.values and new.values[metric] < old.values[metric]
    ]
    return tuple(sorted(found, key=lambda case: case.candidate_value - case.accepted_value))
