"""Ask every golden case and measure what came back: one evaluation run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from statistics import fmean

from data.arguments import expect, expect_all, expect_function
from data.cases import Case
from data.errors import InputError
from data.records import Interaction, content_hash
from data.text import plural
from eval.errors import UnscorableAnswer
from eval.intervals import Interval, mean_interval, share_interval
from eval.metric import Metric
from eval.metrics import METRICS

Ask = Callable[[Case], Interaction]
Report = Callable[["CaseResult", Sequence[Interaction]], None]


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
    absent there and has its reason in `unscored`. `answer` and `outcome` are those of the first repeat, `answers` is
    the number of different answers over the repeats.
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
    answers: int = 1


@dataclass(frozen=True, slots=True)
class MetricSummary:
    """A metric over all cases; `interval` is None where no case could be scored."""

    metric: MetricInfo
    interval: Interval | None
    unscored: int


@dataclass(frozen=True, slots=True)
class EvalRun:
    """One run of all cases; `id` names its content, `label` is the reader's name for it.

    `fingerprint` is what produced the answers: model, prompt version, index generation, embedder, retrieval settings.
    """

    id: str
    at: datetime
    label: str
    metrics: tuple[MetricInfo, ...]
    results: tuple[CaseResult, ...]
    repeats: int = 1
    fingerprint: Mapping[str, str] = field(default_factory=dict)

    @property
    def flickering(self) -> int:
        """How many cases got different answers when asked again."""
        return sum(result.answers > 1 for result in self.results)

    def summaries(self, confidence: float = 0.95) -> tuple[MetricSummary, ...]:
        """Return each metric's mean with its interval and how many cases have no value."""
        return tuple(self._summary(metric, confidence) for metric in self.metrics)

    def _summary(self, metric: MetricInfo, confidence: float) -> MetricSummary:
        values = [result.values[metric.name] for result in self.results if metric.name in result.values]
        interval = share_interval if metric.is_share else mean_interval
        return MetricSummary(metric, interval(values, confidence), len(self.results) - len(values))


def evaluate(  # noqa: PLR0913 - one keyword per thing a run can be told
    cases: Sequence[Case],
    ask: Ask,
    metrics: Sequence[Metric] = METRICS,
    *,
    repeats: int = 1,
    concurrency: int = 1,
    known: Mapping[str, CaseResult] | None = None,
    label: str = "",
    fingerprint: Mapping[str, str] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    report: Report = lambda result, interactions: None,
) -> EvalRun:
    """Ask each case's question and measure the interaction; a question that fails is a result, and the run goes on.

    `repeats` > 1 asks each question that often and averages, which tames answers that flicker. `concurrency` questions
    are under way at a time. `known` results, by case id, are taken as they are and not asked for again. `report` is
    called in this thread after each case that was asked, in the order in which they finish: for progress, and to keep
    what a judge will need. `fingerprint` defaults to that of the first answer.

    :raises InputError: there are no cases, two share an id, or two metrics share a name.
    """
    expect_all("eval.evaluate", "cases", cases, Case, "a list of cases, as eval.load_cases returns")
    expect("eval.evaluate", "ask", ask, Callable, "a function from a case to an interaction")  # type: ignore[arg-type]
    expect("eval.evaluate", "metrics", metrics, Sequence, "a list of metrics")
    for metric in metrics:
        expect_function(
            "eval.evaluate", "a metric", metric, "one with name, version, unit and measure", "measure", "unit"
        )
    for name, number in (("repeats", repeats), ("concurrency", concurrency)):
        expect("eval.evaluate", name, number, int, "a whole number, at least 1")
    _refuse_duplicates([case.id for case in cases], "case id")
    _refuse_duplicates([metric.name for metric in metrics], "metric")
    if not cases or repeats < 1:
        given = f"{plural(len(cases), 'case')} and {plural(repeats, 'repeat')}"
        raise InputError(f"An evaluation needs cases and at least 1 repeat, got {given}.")
    started, found, seen = now(), dict(known or {}), dict(fingerprint or {})
    asked = [case for case in cases if case.id not in found]
    for result, interactions in _work(asked, ask, metrics, repeats, concurrency):
        found[result.case_id] = result
        seen = seen or _fingerprint(interactions)
        report(result, interactions)
    results = tuple(found[case.id] for case in cases)
    infos = tuple(MetricInfo(metric.name, metric.version, metric.unit) for metric in metrics)
    name = content_hash(label, started.isoformat(), *(f"{item.case_id}{item.answer}" for item in results))
    return EvalRun(name, started, label, infos, results, repeats, seen)


def _work(
    cases: Sequence[Case], ask: Ask, metrics: Sequence[Metric], repeats: int, concurrency: int
) -> Iterator[tuple[CaseResult, list[Interaction]]]:
    """Yield results as they are finished; when the caller stops, what has not begun is not asked."""

    def one(case: Case) -> tuple[CaseResult, list[Interaction]]:
        interactions = [_ask_once(case, ask) for _ in range(repeats)]
        return _combine(case, interactions, metrics), interactions

    if concurrency <= 1:
        yield from map(one, cases)
        return
    pool = ThreadPoolExecutor(concurrency, thread_name_prefix="eval")
    try:
        for done in as_completed([pool.submit(one, case) for case in cases]):
            yield done.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _fingerprint(interactions: Sequence[Interaction]) -> dict[str, str]:
    answered = (item for item in interactions if item.outcome != "failed")
    return next(({k: v for k, v in asdict(item.fingerprint).items() if v} for item in answered), {})


def _ask_once(case: Case, ask: Ask) -> Interaction:
    try:
        answered = ask(case)
        expect("eval.evaluate", "the answer of ask", answered, Interaction, "what a case was answered, an Interaction")
        return answered
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
        answers=len({(item.outcome, item.answer) for item in interactions}),
    )


def _measure(case: Case, interactions: Sequence[Interaction], metric: Metric) -> tuple[list[float], str]:
    measured, reason = [], ""
    for interaction in interactions:
        try:
            measured.append(metric.measure(case, interaction))
        except UnscorableAnswer as error:
            reason = str(error)
    return measured, reason


def _refuse_duplicates(names: Sequence[str], what: str) -> None:
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"The {what} {repeated[0]!r} is used twice: give each its own.")


@dataclass(frozen=True, slots=True)
class JudgeInput:
    """What a judge is shown: `id` is written into the scores, `reference` is an accepted answer or empty."""

    id: str
    question: str
    answer: str
    contexts: tuple[str, ...]
    reference: str = ""
