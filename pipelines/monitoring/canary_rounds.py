"""`drift probe`: ask the canaries, write them to the log, compare with the round before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.canaries import Canary, load_canaries
from data.cases import Case
from data.errors import InputError, SilentDriftError, WorkspaceError
from data.records import Interaction, Score
from drift.log_windows import find_baseline
from pipelines.console import bullet_list, plural
from pipelines.wiring import Workspace, open_log

if TYPE_CHECKING:
    from data.log import InteractionLog
    from drift.canaries import ProbeComparison
    from drift.windows import Window
    from rag.asking import Asker

CANARIES = "canaries.jsonl"
_ROUND, _NAME = "probe", "canary"
_ALL_FAILED, _NOTHING_BEFORE = 4, 5


@dataclass(frozen=True, slots=True)
class ProbeRound:
    """A round of canaries: its name, what came of them, and the comparison, None for the first round."""

    name: str
    items: tuple[Interaction, ...]
    scores: tuple[Score, ...]
    against: str
    comparison: ProbeComparison | None
    alpha: float

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
    """Ask every canary `repeats` times and compare with the last round, or with those of a baseline.

    :raises InputError: there are no canaries, or `against` names no baseline.
    :raises WorkspaceError: the log cannot be written: a round that is not on record would be asked for nothing.
    """
    from drift.canaries import compare_rounds
    from pipelines.answer import open_asker

    asked_for = load_canaries(canaries or workspace.folder / CANARIES)
    log = open_log(workspace)
    name, before = _before(log, against, now)
    this = f"{now:%Y%m%dT%H%M%S.%fZ}"  # two rounds may begin within a second
    asker = open_asker(workspace)
    rounds = [canary for canary in asked_for for _ in range(repeats)]
    for number, canary in enumerate(rounds, start=1):
        _ask(asker, log, canary, this, now + timedelta(milliseconds=number))
        progress(number, len(rounds), canary.id)
    items = [item for item in log.read(now, None, kinds=("canary",)) if item.tags.get(_ROUND) == this]
    after = _window(log, this, items)
    compared = None
    if before is not None:
        compared = compare_rounds(before, after, workspace.settings.drift, items[-1].at)
    return ProbeRound(this, after.interactions, after.scores, name, compared, workspace.settings.drift.alpha)


def _ask(asker: Asker, log: InteractionLog, canary: Canary, round_name: str, at: datetime) -> None:
    try:
        asked = asker.ask(canary.question, kind="canary", at=at, tags={_ROUND: round_name, _NAME: canary.id})
    except InputError:
        raise
    except SilentDriftError:  # the per-item loop of a job: that retrieval failed is on record already
        return
    if asked.log_error:
        raise WorkspaceError(asked.log_error)
    log.append([], _reference_scores(canary, asked.interaction))


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


def _before(log: InteractionLog, against: str, now: datetime) -> tuple[str, Window | None]:
    if against != "previous":
        pinned = find_baseline(log, None if against == "baseline" else against)
        items = list(log.read(pinned.since, pinned.until, kinds=("canary",)))
        if not items:
            raise InputError(
                f"Baseline {pinned.name!r} holds no canaries: run `drift probe` in the period that is pinned."
            )
        return f"baseline {pinned.name} v{pinned.version}", _window(log, pinned.name, items)
    rounds = [item for item in log.read(until=now, kinds=("canary",)) if item.tags.get(_ROUND)]
    if not rounds:
        return "", None
    last = max(item.tags[_ROUND] for item in rounds)
    return f"probe {last}", _window(log, last, [item for item in rounds if item.tags[_ROUND] == last])


def _window(log: InteractionLog, name: str, items: Sequence[Interaction]) -> Window:
    from drift.windows import Window

    ids = {item.id for item in items}
    scores = log.scores(items[0].at, None, kinds=("canary",))
    return Window(name, tuple(items), tuple(score for score in scores if score.interaction_id in ids))


def counts(probed: ProbeRound) -> dict[str, int]:
    """Return how many canaries were asked, answered, abstained from, failed, and right where that can be said."""
    from drift.canaries import CORRECT

    outcomes = [item.outcome for item in probed.items]
    judged = [score.value for score in probed.scores if score.metric == CORRECT and score.value is not None]
    return {
        "asked": len(outcomes),
        "answered": outcomes.count("answered"),
        "abstained": outcomes.count("abstained"),
        "failed": outcomes.count("failed"),
        "judged": len(judged),
        "correct": sum(value == 1.0 for value in judged),
    }


def probe_json(probed: ProbeRound) -> dict[str, Any]:
    """Return the stable JSON form of `drift probe --json`."""
    from drift.reports import to_json as report_json

    compared = probed.comparison
    body: dict[str, Any] = {"schema": 1, "probe": probed.name, "exit_code": probed.exit_code, **counts(probed)}
    body["against"] = probed.against or None
    body["verdict"] = compared.report.verdict if compared else None
    body["swap"] = asdict(compared.swap) if compared and compared.swap else None
    body["renamed"] = [asdict(item) for item in compared.renamed] if compared else []
    body["turned_wrong"] = [asdict(item) for item in compared.turned] if compared else []
    body["report"] = report_json(compared.report) if compared else None
    return body


def probe_text(probed: ProbeRound) -> str:
    """Return what was asked, the verdict, and what turned wrong."""
    from drift.causes import MIN_PROMPTS

    found = counts(probed)
    right = f", {found['correct']} of {found['judged']} right" if found["judged"] else ""
    lines = [
        f"{plural(found['asked'], 'canary').replace('canarys', 'canaries')} asked: {found['answered']} answered, "
        f"{found['abstained']} abstained, {found['failed']} failed{right}"
    ]
    compared = probed.comparison
    if compared is None:
        return "\n".join([*lines, "This is the first round on record: there is nothing to compare it with yet."])
    lines.append(f"Against {probed.against}: {compared.report.sentence}")
    lines += [f"The {item.part} went from {item.before!r} to {item.after!r}." for item in compared.renamed]
    if compared.swap is None:
        lines.append(
            f"Fewer than {MIN_PROMPTS} canaries were answered from the same passages in both rounds: too few "
            "to tell by the answers whether another model gave them."
        )
    elif compared.swapped(probed.alpha):
        lines.append(
            f"The same {compared.swap.prompts} prompts get other answers (p = {compared.swap.p_value:.2g}): "
            "another model seems to answer behind the same name."
        )
    else:
        lines.append(f"No sign of another model (p = {compared.swap.p_value:.2g}, {compared.swap.prompts} prompts).")
    if compared.turned:
        lines.append("Right before, wrong now:")
        lines += bullet_list(
            f"{item.question}\n      before: {item.before}\n      now:    {item.after}" for item in compared.turned
        )
    return "\n".join(lines)
