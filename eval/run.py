"""Ask every golden case and measure what came back: one evaluation run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean

from data.cases import Case
from data.errors import InputError
from data.records import Interaction, content_hash
from eval.errors import Unscorable
from eval.intervals import Interval, mean_interval, share_interval
from eval.metrics import METRICS, Metric

Ask = Callable[[str], Interaction]


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """Which measure a number came from; numbers of different versions must not be compared."""

    name: str
    version: str
    unit: str

    @property
    def is_share(self) -> bool:
        """Whether the metric lies in [0, 1], higher for better."""
        return self.unit == "share"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case.

    `values` maps metric to its value, averaged over the repeats that could be scored; a metric without a value is
    absent there and has its reason in `unscored`. `answer` and `outcome` are those of the first repeat.
    """

    case_id: str
    question: str
    answer: str | None
    outcome: str
    values: dict[str, float]
    unscored: dict[str, str]
    tags: tuple[str, ...] = ()
    language: str = "en"
    error: str | None = None


@dataclass(frozen=True, slots=True)
class MetricSummary:
    """A metric over all cases; `interval` is None where no case could be scored."""

    metric: MetricInfo
    interval: Interval | None
    unscored: int


@dataclass(frozen=True, slots=True)
class EvalRun:
    """One run of all cases; `id` names its content, `label` is the reader's name for it."""

    id: str
    at: datetime
    label: str
    metrics: tuple[MetricInfo, ...]
    results: tuple[CaseResult, ...]
    repeats: int = 1

    def summaries(self, confidence: float = 0.95) -> tuple[MetricSummary, ...]:
        """Return each metric's mean with its interval and how many cases have no value."""
        return tuple(self._summary(metric, confidence) for metric in self.metrics)

    def _summary(self, metric: MetricInfo, confidence: float) -> MetricSummary:
        values = [result.values[metric.name] for result in self.results if metric.name in result.values]
        interval = share_interval if metric.is_share else mean_interval
        return MetricSummary(metric, interval(values, confidence), len(self.results) - len(values))


def evaluate(
    cases: Sequence[Case],
    ask: Ask,
    metrics: Sequence[Metric] = METRICS,
    *,
    repeats: int = 1,
    label: str = "",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    report: Callable[[CaseResult, Sequence[Interaction]], None] = lambda result, interactions: None,
) -> EvalRun:
    """Ask each case's question and measure the interaction; a question that fails is a result, and the run goes on.

    `repeats` > 1 asks each question that often and averages, which tames answers that flicker. `report` is called after
    each case with its result and interactions: for progress, and to keep what a judge will need.

    :raises InputError: there are no cases, two share an id, or two metrics share a name.
    """
    _refuse_duplicates([case.id for case in cases], "case id")
    _refuse_duplicates([metric.name for metric in metrics], "metric")
    if not cases or repeats < 1:
        raise InputError(f"An evaluation needs cases and at least 1 repeat, got {len(cases)} cases, {repeats} repeats.")
    started, results = now(), []
    for case in cases:
        interactions = [_ask_once(case, ask) for _ in range(repeats)]
        results.append(_combine(case, interactions, metrics))
        report(results[-1], interactions)
    infos = tuple(MetricInfo(metric.name, metric.version, metric.unit) for metric in metrics)
    name = content_hash(label, started.isoformat(), *(f"{item.case_id}{item.answer}" for item in results))
    return EvalRun(name, started, label, infos, tuple(results), repeats)


def _ask_once(case: Case, ask: Ask) -> Interaction:
    try:
        return ask(case.question)
    except Exception as error:  # the per-item loop of a job: whatever one question breaks on, the others are asked
        reason = f"{type(error).__name__}: {error}"
        return Interaction("", datetime.now(UTC), case.question, None, "failed", error=reason)


def _combine(case: Case, interactions: Sequence[Interaction], metrics: Sequence[Metric]) -> CaseResult:
    values: dict[str, float] = {}
    unscored: dict[str, str] = {}
    for metric in metrics:
        measured, reason = _measure(case, interactions, metric)
        if measured:
            values[metric.name] = fmean(measured)
        else:
            unscored[metric.name] = reason
    first = interactions[0]
    return CaseResult(
        case_id=case.id,
        question=case.question,
        answer=first.answer,
        outcome=first.outcome,
        values=values,
        unscored=unscored,
        tags=case.tags,
        language=case.language,
        error=next((item.error for item in interactions if item.error), None),
    )


def _measure(case: Case, interactions: Sequence[Interaction], metric: Metric) -> tuple[list[float], str]:
    measured, reason = [], ""
    for interaction in interactions:
        try:
            measured.append(metric.measure(case, interaction))
        except Unscorable as error:
            reason = str(error)
    return measured, reason


def _refuse_duplicates(names: Sequence[str], what: str) -> None:
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"The {what} {repeated[0]!r} is used twice: give each its own.")
