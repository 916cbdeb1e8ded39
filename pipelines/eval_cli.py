"""`rag eval`: golden cases, metrics and the gate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.console import progress_printer, say
from pipelines.options import AsJson, Folder

evaluation = typer.Typer(help="Ask the golden cases, measure, and gate a change.", add_completion=False)


@evaluation.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    cases: Annotated[Path, typer.Option(help="Golden cases, JSON Lines.")] = Path("cases.jsonl"),
    gate: Annotated[bool, typer.Option("--gate", help="Compare with the accepted run; exit 1 on regression.")] = False,
    accepted: Annotated[Path | None, typer.Option(help="The accepted run.", show_default=".rag/evals/")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write Markdown for a pull request here.")] = None,
    repeats: Annotated[int, typer.Option(min=1, max=100, help="Ask each case this often and average.")] = 1,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Ask the golden cases and measure. With --gate: 0 pass, 1 regression, 5 too few cases to tell."""
    if context.invoked_subcommand:
        return
    from pipelines.evaluate import ACCEPTED, evaluate_cases, runs_folder, to_json, to_text, write_reports
    from pipelines.workspace import open_workspace

    opened = open_workspace(workspace)
    against = accepted or (runs_folder(opened) / ACCEPTED)
    evaluated = evaluate_cases(
        opened, cases, gate_against=against if gate else None, repeats=repeats, progress=progress_printer("eval")
    )
    write_reports(evaluated, junit, markdown)
    say(to_json(evaluated) if as_json else to_text(evaluated))
    raise typer.Exit(evaluated.exit_code)


@evaluation.command("accept")
def accept(
    workspace: Folder = Path("."),
    to: Annotated[Path | None, typer.Option(help="Where to keep it.", show_default=".rag/evals/accepted.json")] = None,
) -> None:
    """Make the last run the accepted one that --gate compares with."""
    from pipelines.evaluate import accept_last
    from pipelines.workspace import open_workspace

    say(f"Accepted: {accept_last(open_workspace(workspace), to)}")
