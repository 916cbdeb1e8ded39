"""`drift label --judge`: a sample labelled by a model, with what it costs said before it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from data.records import Score
from data.text import plural
from pipelines.monitoring.label import SamplingFrame, cards, choose, mark
from pipelines.wiring import Workspace, open_log

if TYPE_CHECKING:
    from eval.judge import Judge, JudgeCost
    from eval.run import JudgeInput


@dataclass(frozen=True, slots=True)
class JudgedLabels:
    """What judging costs, and, once it was done, what came of it; `scores` are empty after a dry run."""

    answers: int
    cost: JudgeCost
    scores: tuple[Score, ...] = ()

    @property
    def unscored(self) -> tuple[str, ...]:
        """The reasons of scores that the judge did not give."""
        return tuple(score.reason for score in self.scores if score.value is None)


@dataclass(frozen=True, slots=True)
class PlannedJudgement:
    """A judge, what it will be shown, and how likely each record of the periods was to be chosen."""

    judge: Judge
    samples: tuple[JudgeInput, ...]
    probability: dict[str, float]

    def cost(self) -> JudgedLabels:
        """Return what judging will cost, without asking."""
        return JudgedLabels(len(self.samples), self.judge.estimate(self.samples))


def plan(workspace: Workspace, frame: SamplingFrame, count: int, seed: int, now: datetime) -> PlannedJudgement:
    """Choose what the judge of the settings would see.

    :raises SettingsError: no judge is set.
    :raises InputError: there is nothing to judge.
    """
    from eval.judge import judge_input
    from pipelines.wiring import build_judge

    judge = build_judge(workspace)
    queue = choose(workspace, frame, count, seed, now)
    samples = tuple(judge_input(item) for item in cards(open_log(workspace), queue.ids))
    return PlannedJudgement(judge, samples, queue.probability)


def carry_out(workspace: Workspace, planned: PlannedJudgement) -> JudgedLabels:
    """Ask the judge and write scores and probabilities into the log; what it failed on is unscored with the reason."""
    log = open_log(workspace)
    cost = planned.judge.estimate(planned.samples)
    scores = tuple(planned.judge.score(planned.samples))
    mark(log, planned.probability, "judge")
    log.append([], scores)
    return JudgedLabels(len(planned.samples), cost, scores)


def cost_text(judgement: JudgedLabels) -> str:
    """Say what judging asks for."""
    cost = judgement.cost
    again = f"; {cost.remembered} remembered from before" if cost.remembered else ""
    return (
        f"{plural(judgement.answers, 'answer')} to judge: about {plural(cost.requests, 'request')} with"
        f" {plural(cost.prompt_tokens, 'prompt token')} together, retries on top{again}."
    )
