"""``python -m eval``: golden cases against answers that any application wrote to an interaction file.

    python -m eval --cases cases.jsonl --answers answers.jsonl [--accepted run.json] [--save run.json] [--junit F] …

An answer belongs to the case whose id or question it has. Exit codes are those of ``rag eval --gate``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from data.cases import Case, load_cases
from data.errors import InputError, SilentDriftError, cause
from data.interchange import read_interactions
from data.records import Interaction
from data.text import printable, printable_json, printable_line
from eval.gate_outcome import GateOutcome
from eval.gating import gate
from eval.metrics import METRICS
from eval.quality import GroundednessProxy, proxy_metrics
from eval.report import gate_json, gate_markdown, gate_text, junit, page, run_json, run_markdown, run_text
from eval.run import EvalRun, evaluate
from eval.run_files import load_run, save_run
from eval.settings import EvalSettings


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, gate where there is an accepted run, print; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        run = measure(options.cases, options.answers)
        if options.save:
            save_run(run, options.save)
        settings = EvalSettings(alpha=options.alpha, margin=options.margin)
        outcome = gate(load_run(options.accepted), run, settings) if options.accepted else None
        _write(run, outcome, options)
    except (SilentDriftError, OSError) as error:
        sys.stderr.write(f"error: {printable_line(_told(error))}\n")
        return 2
    told = printable_json(_json(run, outcome)) if options.json else printable(_text(run, outcome))
    sys.stdout.write(f"{told}\n")
    if all(result.outcome == "failed" for result in run.results):
        return 2
    return outcome.exit_code if outcome else 0


def _told(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename} cannot be used ({cause(error)}): check the path and its rights."
    return str(error)


def measure(cases: Path, answers: Path) -> EvalRun:
    """Return the run of the answers in an interaction file; a case without one counts as failed.

    :raises InputError: a file cannot be used, or no answer belongs to a case.
    """
    golden = [case for case in load_cases(cases) if case.judgeable]
    read = read_interactions(answers)
    for line in read.rejected:
        sys.stderr.write(printable_line(f"refused: {answers}:{line.line}: {line.reason}") + "\n")
    if not golden:
        raise InputError(f"{cases} holds only drafts without answers or sources: complete them.")
    found = _by_case(golden, read.interactions)
    if not found:
        raise InputError(f"No answer in {answers} has the id or the question of a case in {cases}.")
    metrics = (*METRICS, *proxy_metrics(GroundednessProxy.load()))
    return evaluate(golden, _lookup(found, answers), metrics, label=answers.stem)


def _by_case(cases: Sequence[Case], interactions: Sequence[Interaction]) -> dict[str, Interaction]:
    """Pair by id first; of several answers to one question the last counts."""
    ids = {item.id: item for item in interactions}
    questions = {item.question.strip(): item for item in interactions}
    pairs = ((case.id, ids.get(case.id) or questions.get(case.question.strip())) for case in cases)
    return {name: item for name, item in pairs if item is not None}


def _lookup(found: dict[str, Interaction], answers: Path) -> Callable[[Case], Interaction]:
    def ask(case: Case) -> Interaction:
        if case.id not in found:
            raise InputError(f"{answers.name} holds no answer to this case")
        return found[case.id]

    return ask


def _write(run: EvalRun, outcome: GateOutcome | None, options: argparse.Namespace) -> None:
    if options.junit:
        options.junit.write_text(junit(run, outcome), encoding="utf-8")
    if options.markdown:
        text = (gate_markdown(outcome) + "\n" if outcome else "") + run_markdown(run)
        options.markdown.write_text(text, encoding="utf-8")
    if options.html:
        options.html.write_text(page(run, outcome), encoding="utf-8")


def _text(run: EvalRun, outcome: GateOutcome | None) -> str:
    return "\n\n".join([*([gate_text(outcome)] if outcome else []), run_text(run)])


def _json(run: EvalRun, outcome: GateOutcome | None) -> str:
    return gate_json(outcome) if outcome else run_json(run)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="Golden cases against answers in a file.")
    parser.add_argument("--cases", type=Path, required=True, help="golden cases, .jsonl or .yaml")
    parser.add_argument("--answers", type=Path, required=True, help="interaction file, JSON Lines")
    parser.add_argument("--accepted", type=Path, help="gate against this run: 0 pass, 1 regression, 5 too few cases")
    parser.add_argument("--save", type=Path, help="keep the run here")
    parser.add_argument("--alpha", type=float, default=EvalSettings().alpha)
    parser.add_argument("--margin", type=float, default=EvalSettings().margin)
    parser.add_argument("--json", action="store_true", help="print JSON")
    for name in ("junit", "markdown", "html"):
        parser.add_argument(f"--{name}", type=Path, help=f"write {name} here")
    return parser


if __name__ == "__main__":
    sys.exit(main())
