"""One round of canaries: ask them, write them to the log, compare with rounds before, ask again where it is unsure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from data.canaries import Canary, load_canaries
from data.cases import Case
from data.errors import InputError, SilentDriftError, WorkspaceError
from data.records import Interaction, Score
from drift.vocabulary import ALERTING
from pipelines.monitoring.canaries.history import ROUND, STATE_FILE, earlier_rounds, remember_worse, round_window
from pipelines.wiring import Workspace, open_log

if TYPE_CHECKING:
    from data.log import InteractionLog
    from drift.canaries import ProbeComparison
    from drift.windows import Window
    from rag.asking import Asker

CANARIES = "canaries.jsonl"
_NAME = "canary"
_ALL_FAILED, _NOTHING_BEFORE = 4, 5


@dataclass(frozen=True, slots=True)
class ProbeRound:
    """A round of canaries: its name, what came of them, and the comparison, None for the first round.

    `before` and `after` are the windows that were compared; `again` counts the answers asked for in a second look.
    """

    name: str
    items: tuple[Interaction, ...]
    scores: tuple[Score, ...]
    against: str
    before: Window | None
    after: Window
    comparison: ProbeComparison | None
    alpha: float
    again: int = 0

    @property
    def exit_code(self) -> int:
        """Exit code as of `drift report`; 4 too where nothing could be answered, 5 where there was no round before."""
        if all(item.outcome == "failed" for item in self.items):
            return _ALL_FAILED
        return self.comparison.report.exit_code if self.comparison else _NOTHING_BEFORE


def probe(
    workspace: Workspace,
    canaries: Path | None,
    *,
    against: str,
    repeats: int,
    now: datetime,
    progress: Callable[[int, int, str], None],
) -> ProbeRound:
    """Ask every canary `repeats` times and compare with earlier rounds (`history.earlier_rounds`).

    Where fewer are right and chance could still be behind it, all are asked five more times, once.

    :raises InputError: there are no canaries, or `against` names no baseline.
    :raises WorkspaceError: the log cannot be written: a round that is not on record would be asked for nothing.
    """
    from drift.canaries import AGAIN, compare_rounds, judge_references
    from pipelines.answer import open_asker

    asked_for = load_canaries(canaries or workspace.folder / CANARIES)
    settings, log, state = workspace.settings.drift, open_log(workspace), workspace.data / STATE_FILE
    against_name, before = earlier_rounds(log, against, state, now)
    this = _Round(open_asker(workspace), log, f"{now:%Y%m%dT%H%M%S.%fZ}", now)  # two may begin within a second
    this.ask([canary for canary in asked_for for _ in range(repeats)], progress)
    after, again, compared = this.window(), 0, None
    if before is not None:
        answers = judge_references(before, after, settings)
        if answers is not None and answers.unsure:
            once_more = [canary for canary in asked_for for _ in range(AGAIN) if canary.answers or canary.must_abstain]
            this.ask(once_more, progress)
            after, again = this.window(), len(once_more)
        compared = compare_rounds(before, after, settings, after.interactions[-1].at)
        lost = compared.answers is not None and not compared.answers.healthy
        if lost or compared.report.verdict in ALERTING:
            remember_worse(state, this.name)
    return ProbeRound(
        this.name, after.interactions, after.scores, against_name, before, after, compared, settings.alpha, again
    )


class _Round:
    """Canaries asked under one name; each answer is on record before the next is asked for."""

    def __init__(self, asker: Asker, log: InteractionLog, name: str, now: datetime) -> None:
        self.name = name
        self._asker, self._log, self._now, self._count = asker, log, now, 0

    def ask(self, canaries: Sequence[Canary], progress: Callable[[int, int, str], None]) -> None:
        """Ask each, in order; times within a round only tell the order."""
        for number, canary in enumerate(canaries, start=1):
            self._count += 1
            self._ask(canary, self._now + timedelta(milliseconds=self._count))
            progress(number, len(canaries), canary.id)

    def window(self) -> Window:
        """Return all that was answered so far."""
        found = self._log.read(self._now, None, kinds=("canary",))
        return round_window(self._log, self.name, [item for item in found if item.tags.get(ROUND) == self.name])

    def _ask(self, canary: Canary, at: datetime) -> None:
        try:
            tags = {ROUND: self.name, _NAME: canary.id}
            asked = self._asker.ask(canary.question, kind="canary", at=at, tags=tags)
        except InputError:
            raise
        except SilentDriftError:  # the per-item loop of a job: that retrieval failed is on record already
            return
        if asked.log_error:
            raise WorkspaceError(asked.log_error)
        self._log.append([], _reference_scores(canary, asked.interaction))


def _reference_scores(canary: Canary, item: Interaction) -> Iterable[Score]:
    from drift.canaries import CORRECT
    from eval.errors import UnscorableAnswer
    from eval.metrics import answer_match, rightly_abstained

    if not canary.answers and not canary.must_abstain:
        return
    case = Case(canary.id, canary.question, answers=canary.answers, must_abstain=canary.must_abstain)
    value, reason = None, ""
    try:
        value = (rightly_abstained if canary.must_abstain else answer_match)(case, item)
    except UnscorableAnswer as error:
        reason = str(error)
    yield Score(item.id, CORRECT, value, "reference", reason, "canary", "1")
