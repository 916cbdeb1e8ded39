"""Golden cases to metrics and a gate: `rag eval`, `rag eval accept`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.cases import load_cases
from data.errors import InputError
from data.records import Interaction
from pipelines.ask import Asker
from pipelines.workspace import Workspace

if TYPE_CHECKING:
    from eval.outcome import GateOutcome
    from eval.run import EvalRun

LAST, ACCEPTED = "last.json", "accepted.json"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A run and, when it was gated, what the gate said."""

    run: EvalRun
    outcome: GateOutcome | None

    @property
    def exit_code(self) -> int:
        """0 pass or not gated, 1 regression, 2 every question failed, 5 too few cases."""
        if all(result.outcome == "failed" for result in self.run.results):
            return 2
        return self.outcome.exit_code if self.outcome else 0


def runs_folder(workspace: Workspace) -> Path:
    """Return the folder that keeps the last and the accepted run."""
    return workspace.data / "evals"


def evaluate_cases(
    workspace: Workspace,
    cases: Path,
    *,
    gate_against: Path | None = None,
    repeats: int = 1,
    label: str = "",
    progress: Callable[[int, int, str], None] | None = None,
) -> Evaluated:
    """Ask every golden case, measure, keep the run as the last one, and gate it against an accepted run if asked to.

    Evaluation questions stay out of the interaction log: they are not traffic.

    :raises InputError: the cases cannot be used, or there is no accepted run at `gate_against`.
    """
    from eval.gate import gate
    from eval.run import evaluate
    from eval.store import load_run, save_run

    golden = load_cases(cases)
    accepted = load_run(gate_against) if gate_against else None
    asker = Asker.from_workspace(workspace, logged=False)
    done = iter(range(1, len(golden) + 1))

    def ask(question: str) -> Interaction:
        return asker.ask(question).interaction

    run = evaluate(
        golden,
        ask,
        repeats=repeats,
        label=label or cases.stem,
        report=lambda result, _: progress(next(done), len(golden), result.case_id) if progress else None,
    )
    save_run(run, runs_folder(workspace) / LAST)
    return Evaluated(run, gate(accepted, run) if accepted else None)


def accept_last(workspace: Workspace, target: Path | None) -> Path:
    """Make the last run the accepted one, in the workspace or at `target`; return where it was written.

    :raises InputError: there is no last run.
    """
    from eval.store import load_run, save_run

    last = runs_folder(workspace) / LAST
    if not last.exists():
        raise InputError("There is no evaluation run to accept: run `rag eval --cases FILE.jsonl` first.")
    path = target or runs_folder(workspace) / ACCEPTED
    save_run(load_run(last), path)
    return path


def write_reports(evaluated: Evaluated, junit: Path | None, markdown: Path | None) -> None:
    """Write the reports that build servers and pull requests show."""
    from eval.junit import junit as to_junit
    from eval.report import gate_markdown, run_markdown

    if junit:
        junit.write_text(to_junit(evaluated.run, evaluated.outcome), encoding="utf-8")
    if markdown:
        outcome = evaluated.outcome
        text = (gate_markdown(outcome) + "\n" if outcome else "") + run_markdown(evaluated.run)
        markdown.write_text(text, encoding="utf-8")


def to_text(evaluated: Evaluated) -> str:
    """Return the run, and the gate's answer above it when there is one."""
    from eval.report import gate_text, run_text

    parts = [gate_text(evaluated.outcome)] if evaluated.outcome else []
    return "\n\n".join([*parts, run_text(evaluated.run)])


def to_json(evaluated: Evaluated) -> str:
    """Return the gate's answer, or the run when it was not gated, as JSON."""
    from eval.report import gate_json, run_json

    return gate_json(evaluated.outcome) if evaluated.outcome else run_json(evaluated.run)
