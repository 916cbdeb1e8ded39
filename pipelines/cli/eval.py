"""`rag eval`: golden cases, metrics and the gate."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.text import plural
from pipelines.cli.options import AsJson, Folder, Since, Until, parse_time
from pipelines.console import note, progress_printer, say, say_json, say_written_json

if TYPE_CHECKING:
    from pipelines.evaluation import EvaluationRequest
    from pipelines.wiring import Workspace


Out = Annotated[Path, typer.Option("--cases", help="The case file ends in .jsonl or .yaml. What is in it stays.")]
Seed = Annotated[int, typer.Option(help="Another seed draws others.")]
CASES = Path("cases.jsonl")


def init(
    cases: Out = CASES,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="Add so many drafts.")] = 50,
    model: Annotated[bool, typer.Option("--model", help="Let the chat model of rag.toml write the questions.")] = False,
    seed: Seed = 0,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Draft golden cases from the indexed documents. Reviewed cases never change."""
    from pipelines.evaluation import draft
    from pipelines.wiring import open_workspace

    made = draft(open_workspace(workspace), cases, count, seed, by_model=model, progress=progress_printer("draft"))
    for reason, times in made.dropped.items():
        note(f"dropped {times} {reason}")
    added = f"{plural(made.added, 'draft')} added to {cases}, {plural(made.total, 'case')} in it"
    text = f"{added}: next, rag eval review --cases {cases}"
    say_json(asdict(made)) if as_json else say(text)


def review(
    cases: Out = CASES,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Accept, complete or throw away drafts, by one key each. Every decision is written at once."""
    from pipelines.evaluation import review_file
    from pipelines.wiring import open_workspace

    done = review_file(open_workspace(workspace), cases)
    if as_json:
        say_json(done)


def harvest(
    cases: Out = CASES,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="Draw so many questions.")] = 20,
    since: Since = None,
    until: Until = None,
    seed: Seed = 0,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Draw real questions from the log as drafts, rather those with weak support, complaints, or new wording."""
    from pipelines.evaluation import harvest_questions
    from pipelines.wiring import open_workspace

    drawn = harvest_questions(
        open_workspace(workspace), cases, count, since=parse_time(since), until=parse_time(until), seed=seed
    )
    added = f"{drawn.added} of {plural(drawn.questions, 'question')} added to {cases}"
    text = f"{added}: next, rag eval review --cases {cases}"
    say_json(asdict(drawn)) if as_json else say(text)


evaluation = typer.Typer(help="Ask the golden cases, measure, and gate a change.", add_completion=False)
evaluation.command("init")(init)
evaluation.command("review")(review)
evaluation.command("harvest")(harvest)

Junit = Annotated[Path | None, typer.Option(help="Write JUnit XML to this file.")]
Markdown = Annotated[Path | None, typer.Option(help="Write Markdown for a pull request to this file.")]
Html = Annotated[Path | None, typer.Option(help="Write a self-contained HTML page to this file.")]


@evaluation.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    cases: Annotated[Path, typer.Option(help="The file holds the golden cases, as JSON Lines or YAML.")] = Path(
        "cases.jsonl"
    ),
    gate: Annotated[
        bool, typer.Option("--gate", help="Compare with the accepted run, and exit with 1 on a regression.")
    ] = False,
    accepted: Annotated[
        Path | None, typer.Option(help="The accepted run is this file.", show_default=".rag/evals/")
    ] = None,
    metrics: Annotated[str, typer.Option(help="Gate only these metrics, with commas between them.")] = "",
    matrix: Annotated[Path | None, typer.Option(help="Compare the settings of this YAML file instead.")] = None,
    judge: Annotated[bool, typer.Option("--judge", help="Let the judge of rag.toml score the answers, too.")] = False,
    judge_metrics: Annotated[
        str, typer.Option(help="Judge only these metrics, with commas between them.", show_default="rag.toml")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Answer, and say what judging would cost.")] = False,
    junit: Junit = None,
    markdown: Markdown = None,
    html: Html = None,
    repeats: Annotated[int, typer.Option(min=1, max=100, help="Ask each case so many times, and average.")] = 1,
    concurrency: Annotated[
        int, typer.Option(min=0, max=256, help="Ask so many questions at a time; 0 stands for what rag.toml says.")
    ] = 0,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Ask the golden cases and measure. With --gate: 0 pass, 1 regression, 5 too few cases to tell."""
    if context.invoked_subcommand:
        return
    from pipelines.evaluation import (
        ACCEPTED,
        EvaluationRequest,
        evaluate_cases,
        prepare,
        runs_folder,
        to_json,
        to_text,
        write_reports,
    )
    from pipelines.wiring import open_workspace

    opened = open_workspace(workspace)
    prepare(junit, markdown, html)
    wanted = EvaluationRequest(
        cases,
        (accepted or runs_folder(opened) / ACCEPTED) if gate else None,
        gated=_names(metrics),
        repeats=repeats,
        concurrency=concurrency,
        judge=judge,
        judge_metrics=_names(judge_metrics),
        dry_run=dry_run,
    )
    if matrix:
        _compare(opened, matrix, wanted, {"markdown": markdown, "html": html}, as_json)
        return
    evaluated = evaluate_cases(opened, wanted, progress=progress_printer("eval"))
    write_reports(evaluated, junit=junit, markdown=markdown, html=html)
    say_written_json(to_json(evaluated)) if as_json else say(to_text(evaluated))
    raise typer.Exit(evaluated.exit_code)


@evaluation.command("accept")
def accept(
    workspace: Folder = Path("."),
    to: Annotated[
        Path | None, typer.Option(help="Keep it in this file.", show_default=".rag/evals/accepted.json")
    ] = None,
) -> None:
    """Make the last run the accepted one that --gate compares with."""
    from pipelines.evaluation import accept_last
    from pipelines.wiring import open_workspace

    say(f"Accepted: {accept_last(open_workspace(workspace), to)}")


@evaluation.command("calibrate")
def calibrate(
    labels: Annotated[
        Path | None, typer.Option(help="The file holds labelled answers, as JSON Lines.", show_default="the log")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Ask the judge again, and exit with 1 when it has changed.")
    ] = False,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Compare the judge with human labels, and keep those answers as anchors that show when the judge changes."""
    from pipelines.evaluation import agreement_json, agreement_text, check_anchors, shift_json, shift_text
    from pipelines.evaluation import calibrate as calibrate_judge
    from pipelines.wiring import open_workspace

    opened = open_workspace(workspace)
    if not check:
        found = calibrate_judge(opened, labels)
        say_json(agreement_json(found)) if as_json else say(agreement_text(found))
        return
    checked = check_anchors(opened)
    say_json(shift_json(checked)) if as_json else say(shift_text(checked))
    if any(shift is None or shift.drifted() for _, shift in checked):
        raise typer.Exit(1)


def _compare(
    opened: Workspace, matrix: Path, wanted: EvaluationRequest, files: dict[str, Path | None], as_json: bool
) -> None:
    """Run and show a matrix."""
    from eval.matrix import compare, matrix_json, matrix_markdown, matrix_text
    from eval.report import matrix_page
    from pipelines.evaluation import read_variants, run_matrix

    variants = read_variants(matrix, opened.settings)
    cells = compare(run_matrix(opened, variants, wanted, progress_printer("eval")))
    for name, render in (("markdown", matrix_markdown), ("html", matrix_page)):
        if path := files[name]:
            path.write_text(render(cells), encoding="utf-8")
    say_written_json(matrix_json(cells)) if as_json else say(matrix_text(cells))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
