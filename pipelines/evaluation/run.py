"""Golden cases to metrics and a gate: `rag eval`, `rag eval accept`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from data.records import Context

if TYPE_CHECKING:
    from eval.metric import Metric
    from rag.asking import Asker
    from rag.index import Mode
    from rag.search import Retriever
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from data.cases import Case, load_cases
from data.errors import InputError
from data.records import Interaction, content_hash
from data.settings import Secret
from data.text import plural
from pipelines.answer import open_asker
from pipelines.console import note
from pipelines.wiring import Workspace

if TYPE_CHECKING:
    from eval.gate_outcome import GateOutcome
    from eval.metric import Metric
    from eval.run import CaseResult, EvalRun, JudgeInput
    from eval.run_files import RunJournal
    from eval.settings import EvalSettings
    from pipelines.evaluation.judging import JudgingReport
    from rag.search import Retriever


SIDES: tuple[Mode, ...] = ("dense", "lexical")


def side_metrics(retriever: Retriever) -> tuple[Metric, ...]:
    """Return the recall of each side of a hybrid search, as many passages deep as the search itself.

    None for a search by one side: there it is the recall of the whole.
    """
    from eval.metrics import side_metric

    if retriever.mode != "hybrid":
        return ()
    return tuple(side_metric(side, _Side(retriever, side)) for side in SIDES)


class _Side:
    """Search by one side, and only among passages that may be answered from."""

    def __init__(self, whole: Retriever, side: Mode) -> None:
        from rag.search import Retriever

        self._retriever = Retriever(whole.index, k=whole.k, mode=side, guard=whole.guard)

    def __call__(self, question: str) -> Sequence[Context]:
        hits = self._retriever.search(question).hits
        return [Context(hit.chunk.id, hit.chunk.source, hit.score, hit.chunk.text, also_in=hit.also_in) for hit in hits]


LAST, ACCEPTED, UNFINISHED = "last.json", "accepted.json", "unfinished.jsonl"
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What an evaluation is to do; `concurrency` 0 is that of the settings.

    With `judge` the judge of the settings scores the answers, too, by `judge_metrics` where given; with `dry_run` it is
    only said what that would cost, and the answers are kept for the run that follows.
    """

    cases: Path
    gate_against: Path | None = None
    gated: tuple[str, ...] = ()
    repeats: int = 1
    concurrency: int = 0
    label: str = ""
    judge: bool = False
    judge_metrics: tuple[str, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run and, when it was gated or judged, what came of that."""

    run: EvalRun
    outcome: GateOutcome | None
    judged: JudgingReport | None = None

    @property
    def exit_code(self) -> int:
        """0 pass or not gated, 1 regression, 2 every question failed, 5 too few cases."""
        if all(result.outcome == "failed" for result in self.run.results):
            return 2
        return self.outcome.exit_code if self.outcome else 0


def runs_folder(workspace: Workspace) -> Path:
    """Return the folder that keeps the last and the accepted run."""
    return workspace.data / "evals"


def usable_cases(path: Path) -> list[Case]:
    """Read the cases that can be judged; drafts without an expectation are left out with a note.

    :raises InputError: the file cannot be used, or holds only such drafts.
    """
    cases = load_cases(path)
    usable = [case for case in cases if case.judgeable]
    if not usable:
        raise InputError(f"{path} holds only drafts without answers or sources: complete them with `rag eval review`.")
    if left := len(cases) - len(usable):
        note(f"{plural(left, 'draft')} without answers or sources left out: see `rag eval review`.")
    if drafts := sum(not case.reviewed for case in usable):
        note(f"{drafts} of {plural(len(usable), 'case')} were not reviewed yet: see `rag eval review`.")
    return usable


def evaluate_cases(
    workspace: Workspace, wanted: EvaluationRequest, *, progress: Progress | None = None, now: datetime | None = None
) -> Evaluation:
    """Ask every golden case, measure, keep the run as the last one, judge and gate it where that is wanted.

    Evaluation questions stay out of the interaction log: they are not traffic. A run that was interrupted goes on where
    it stopped when the same is wanted again within a day.

    :raises InputError: the cases cannot be used, or a gated metric is unknown.
    :raises RunFileError: there is no usable accepted run at `gate_against`.
    :raises SettingsError: a judge is wanted and none is set.
    :raises JudgeError: a judged metric is unknown, or needs an embedding model and none is set.
    """
    from eval.gating import gate
    from eval.run_files import load_run, save_run
    from pipelines.evaluation.judging import judge_run
    from pipelines.wiring import build_judge

    golden = usable_cases(wanted.cases)
    settings = gate_settings(workspace, wanted)
    if wanted.judge or wanted.dry_run:
        build_judge(workspace, wanted.judge_metrics)  # what is wrong with it is told before anything is asked
    accepted = load_run(wanted.gate_against) if wanted.gate_against else None
    asker = open_asker(workspace, logged=False)
    journal = _journal(workspace, golden, asker, wanted, now or datetime.now(UTC))
    run = ask_cases(workspace, golden, asker, wanted, journal=journal, progress=progress)
    judged = None
    if wanted.judge or wanted.dry_run:
        run, judged = judge_run(workspace, run, journal.inputs, wanted.judge_metrics, dry=wanted.dry_run)
    if wanted.dry_run:
        return Evaluation(run, None, judged)
    save_run(run, runs_folder(workspace) / LAST)
    journal.finish()
    return Evaluation(run, gate(accepted, run, settings) if accepted else None, judged)


def ask_cases(
    workspace: Workspace,
    cases: Sequence[Case],
    asker: Asker,
    wanted: EvaluationRequest,
    *,
    journal: RunJournal | None = None,
    progress: Progress | None = None,
    keep: Callable[[Case, Interaction], None] = lambda case, interaction: None,
) -> EvalRun:
    """Ask and measure; with a journal, what it holds is not asked again and what is finished goes there.

    `keep` is called with the first answer to each case that is asked.
    """
    from eval.run import evaluate

    known = journal.results if journal else {}
    by_id, done = {case.id: case for case in cases}, iter(range(len(known) + 1, len(cases) + 1))

    def report(result: CaseResult, interactions: Sequence[Interaction]) -> None:
        if journal:
            fingerprint = {part: name for part, name in asdict(interactions[0].fingerprint).items() if name}
            journal.add(result, judge_input_of(by_id[result.case_id], interactions[0]), fingerprint)
        keep(by_id[result.case_id], interactions[0])
        if progress:
            progress(next(done), len(cases), result.case_id)

    return evaluate(
        cases,
        case_asker(asker),
        measured(asker.retriever),
        repeats=wanted.repeats,
        concurrency=wanted.concurrency or workspace.settings.eval.concurrency,
        known=dict(known),
        label=wanted.label or wanted.cases.stem,
        fingerprint=journal.fingerprint if journal else None,
        report=report,
    )


def measured(retriever: Retriever | None) -> tuple[Metric, ...]:
    """Return all metrics that need no judge; those of the two sides of a search need something to search with."""
    from eval.metrics import METRICS
    from eval.quality import GroundednessProxy, proxy_metrics

    return (*METRICS, *(side_metrics(retriever) if retriever else ()), *proxy_metrics(GroundednessProxy.load()))


def case_asker(asker: Asker) -> Callable[[Case], Interaction]:
    """Return what asks a case, after the conversation it belongs to."""
    from rag.answer import Turn

    def ask(case: Case) -> Interaction:
        turns = [Turn("user" if said.role == "user" else "assistant", said.content) for said in case.conversation]
        return asker.ask(case.question, history=turns).interaction

    return ask


def judge_input_of(case: Case, interaction: Interaction) -> JudgeInput | None:
    """Return what a judge is shown of a case, None where there is no answer to judge."""
    from eval.errors import UnscorableAnswer
    from eval.judge import judge_input

    try:
        return judge_input(interaction, case.answers[0] if case.answers else "", name=case.id)
    except UnscorableAnswer:
        return None


def gate_settings(workspace: Workspace, wanted: EvaluationRequest) -> EvalSettings:
    """Return what the gate promises: the [eval] settings over the defaults; judged metrics are gated, too.

    :raises InputError: a gated metric does not exist or is no share.
    """
    from eval.judge import JUDGED
    from eval.settings import GATED

    section = workspace.settings.eval
    known = {*GATED, *JUDGED, *(metric.name for metric in measured(None) if metric.is_share)}
    chosen = wanted.gated or section.metrics
    for name in (*chosen, *section.margins):
        if name not in known:
            raise InputError(f"There is no metric {name!r} to gate: choose from {', '.join(sorted(known))}.")
    judged = (wanted.judge_metrics or workspace.settings.judge.metrics) if wanted.judge else ()
    return replace(section, metrics=chosen or (*GATED, *judged))


def accept_last(workspace: Workspace, target: Path | None) -> Path:
    """Make the last run the accepted one, in the workspace or at `target`; return where it was written.

    :raises InputError: there is no last run.
    """
    from eval.run_files import load_run, save_run

    last = runs_folder(workspace) / LAST
    if not last.exists():
        raise InputError("There is no evaluation run to accept: run `rag eval --cases FILE.jsonl` first.")
    path = target or runs_folder(workspace) / ACCEPTED
    save_run(load_run(last), path)
    return path


def _journal(
    workspace: Workspace, cases: Sequence[Case], asker: Asker, wanted: EvaluationRequest, now: datetime
) -> RunJournal:
    from eval.run_files import RunJournal

    settings = workspace.settings
    key = content_hash(
        *(repr(case) for case in cases),
        *(f"{metric.name} {metric.version}" for metric in measured(asker.retriever)),
        str(wanted.repeats),
        repr(asker.fingerprint),
        repr(replace(settings.chat, api_key=Secret(""), headers={}, query={}, fallback=())),
    )
    journal = RunJournal(runs_folder(workspace) / UNFINISHED, key, now)
    if journal.results:
        note(f"{len(journal.results)} of {plural(len(cases), 'case')} taken over from the run that was not finished.")
    return journal
