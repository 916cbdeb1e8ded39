"""Scores by a language model that judges (ragas), through any OpenAI-compatible endpoint.

A judge is a measuring device with errors of its own. A value it did not give is written as None with the reason, never
as 0. Its version stands in every score. `eval.judge.calibration` corrects its mean with human labels. The same answers
judged again (`compare_judges` there) show when the judge has changed rather than the answers.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data.records import Score
from eval.errors import JudgeError, UnscorableAnswer
from eval.judge.cache import JudgeCache
from eval.judge.client import open_client, refuse_empty_replies
from eval.judge.metrics import JudgedMetric, arguments, judged_metric
from eval.judge.settings import JudgeSettings
from eval.run import JudgeInput

if TYPE_CHECKING:
    from openai import AsyncOpenAI
from collections.abc import Mapping
from dataclasses import replace

from eval.run import CaseResult, EvalRun, MetricInfo

TEMPLATE_TOKENS = 900
"""About what the instructions and examples of one ragas request take."""
CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class JudgeCost:
    """What judging would take: chat requests, about how many prompt tokens, and how many values are remembered."""

    requests: int
    prompt_tokens: int
    remembered: int


class Judge:
    """Ask one endpoint for judged metrics."""

    def __init__(self, settings: JudgeSettings, cache: JudgeCache | None = None) -> None:
        """Check the settings; ragas is imported only when something is judged.

        :raises JudgeError: a metric is unknown, or needs an embedding model and none is set.
        """
        self._settings = settings
        self._cache = cache or JudgeCache()
        self._metrics = tuple(judged_metric(name) for name in settings.metrics)
        self._failures = 0
        for metric in self._metrics:
            if metric.embeds and not settings.embedding_model:
                raise JudgeError(f"The judged metric {metric.name!r} compares embeddings: set embedding_model.")

    @property
    def version(self) -> str:
        """Name of what judges: library version and model; scores of different versions must not be compared."""
        return f"ragas {_ragas_version()} {self._settings.model}"

    def estimate(self, samples: Sequence[JudgeInput]) -> JudgeCost:
        """Return what `score` would ask for, without asking; retries come on top."""
        wanted = [(metric, sample) for sample in samples for metric in self._metrics if _can_judge(metric, sample)]
        new = [(metric, sample) for metric, sample in wanted if self._remembered(metric, sample) is None]
        requests = [metric.calls(len(sample.contexts)) for metric, sample in new]
        tokens = (count * _prompt_tokens(sample) for count, (_, sample) in zip(requests, new, strict=True))
        return JudgeCost(sum(requests), sum(tokens), len(wanted) - len(new))

    def score(self, samples: Sequence[JudgeInput]) -> list[Score]:
        """Return one score per sample and metric, in that order; None with the reason where the judge gave none."""
        return asyncio.run(self._score_all(samples))

    async def _score_all(self, samples: Sequence[JudgeInput]) -> list[Score]:
        self._failures = 0
        client = self._client()
        try:
            judges = {metric.name: self._ragas_metric(metric, client) for metric in self._metrics}
            turn = asyncio.Semaphore(self._settings.concurrency)
            tasks = [
                self._score(metric, judges[metric.name], sample, turn) for sample in samples for metric in self._metrics
            ]
            return await asyncio.gather(*tasks)
        finally:
            await client.close()

    async def _score(self, metric: JudgedMetric, judge: Any, sample: JudgeInput, turn: asyncio.Semaphore) -> Score:
        value, reason = self._remembered(metric, sample), ""
        if value is None:
            async with turn:
                value, reason = await self._ask(metric, judge, sample)
        return Score(sample.id, metric.name, value, "judge", reason, "ragas", self.version)

    async def _ask(self, metric: JudgedMetric, judge: Any, sample: JudgeInput) -> tuple[float | None, str]:
        if self._failures >= (most := self._settings.give_up_after):
            return None, f"not asked: the judge failed {most} times in a row"
        try:
            wanted = arguments(metric, sample)
        except UnscorableAnswer as error:
            return None, str(error)
        try:
            result = await asyncio.wait_for(judge.ascore(**wanted), self._settings.timeout_s)
            value = _share(result.value)
        except UnscorableAnswer as error:  # nothing to judge in this answer; the judge itself works
            return None, str(error)
        except TimeoutError:
            return self._failed(f"the judge took more than {self._settings.timeout_s:g} s")
        except Exception as error:  # the per-item loop of a job: what the judge fails on is left unscored
            return self._failed(_reason(error))
        self._failures = 0
        self._cache.put(metric.name, self.version, sample, value)
        return value, ""

    def _failed(self, reason: str) -> tuple[None, str]:
        self._failures += 1
        return None, reason

    def _remembered(self, metric: JudgedMetric, sample: JudgeInput) -> float | None:
        return self._cache.get(metric.name, self.version, sample)

    def _client(self) -> AsyncOpenAI:
        _silence_ragas()
        settings = self._settings
        return open_client(settings.base_url, settings.api_key.reveal(), settings.timeout_s, settings.retries)

    def _ragas_metric(self, metric: JudgedMetric, client: AsyncOpenAI) -> Any:
        from ragas.llms import llm_factory
        from ragas.metrics import collections

        settings = self._settings
        llm = llm_factory(
            settings.model,
            client=client,
            temperature=0.0,
            max_tokens=settings.max_tokens,
            max_retries=settings.retries,
        )
        parts: dict[str, Any] = {"llm": refuse_empty_replies(llm)}
        if metric.embeds:
            from ragas.embeddings.base import embedding_factory

            parts["embeddings"] = embedding_factory("openai", model=settings.embedding_model, client=client)
        return getattr(collections, metric.ragas_class)(**parts)


def _share(value: Any) -> float:
    """Clip to [0, 1]: similarities may be negative, and no judge value means more than wholly right."""
    if value is None or not math.isfinite(float(value)):
        raise UnscorableAnswer("the judge gave no number")
    return min(1.0, max(0.0, float(value)))


def _can_judge(metric: JudgedMetric, sample: JudgeInput) -> bool:
    try:
        arguments(metric, sample)
    except UnscorableAnswer:
        return False
    return True


def _prompt_tokens(sample: JudgeInput) -> int:
    text = len(sample.question) + len(sample.answer) + len(sample.reference) + sum(map(len, sample.contexts))
    return TEMPLATE_TOKENS + text // CHARACTERS_PER_TOKEN


def _reason(error: Exception) -> str:
    if isinstance(error, JudgeError):
        return str(error)
    cause = error.__cause__ or error
    lines = [line.strip() for line in str(cause).splitlines() if line.strip() and not line.strip().startswith("<")]
    what = "the judge's reply is not the JSON asked for" if _is_no_json(cause) else type(cause).__name__
    return f"{what}: {' '.join(lines[:2])}"[:240]


def _is_no_json(error: BaseException) -> bool:
    from pydantic_core import ValidationError

    return isinstance(error, ValidationError)


def _ragas_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("ragas")
    except PackageNotFoundError as error:
        raise JudgeError("Judged metrics need ragas: pip install 'silentdrift[judge]'.") from error


def _silence_ragas() -> None:
    """Switch telemetry off, and the log lines about failures which stand as reasons in the scores."""
    os.environ.setdefault("RAGAS_DO_NOT_TRACK", "true")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    logging.getLogger("instructor").setLevel(logging.CRITICAL)


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
