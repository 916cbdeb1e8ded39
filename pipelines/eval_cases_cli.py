"""`rag eval init`, `review`, `harvest`: where golden cases come from."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipelines.console import note, progress_printer, say, say_json
from pipelines.options import AsJson, Folder, Since, Until, parse_time

Out = Annotated[Path, typer.Option("--cases", help="Case file, .jsonl or .yaml; what is in it stays.")]
Seed = Annotated[int, typer.Option(help="Another seed draws others.")]
CASES = Path("cases.jsonl")


def init(
    cases: Out = CASES,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="Drafts to add.")] = 50,
    model: Annotated[bool, typer.Option("--model", help="Let the chat model of rag.toml write the questions.")] = False,
    seed: Seed = 0,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Draft golden cases from the indexed documents; reviewed cases are never changed."""
    from pipelines.eval_drafts import draft
    from pipelines.workspace import open_workspace

    made = draft(open_workspace(workspace), cases, count, seed, by_model=model, progress=progress_printer("draft"))
    for reason, times in made.dropped.items():
        note(f"dropped {times} {reason}")
    text = f"{made.added} drafts added to {cases}, {made.total} cases in it: next, rag eval review --cases {cases}"
    say_json(asdict(made)) if as_json else say(text)


def review(
    cases: Out = CASES,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Accept, complete or throw away drafts, one key each; every decision is written at once."""
    from pipelines.eval_review import review_file
    from pipelines.workspace import open_workspace

    done = review_file(open_workspace(workspace), cases)
    if as_json:
        say_json(done)


def harvest(
    cases: Out = CASES,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="Questions to draw.")] = 20,
    since: Since = None,
    until: Until = None,
    seed: Seed = 0,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Draw real questions from the log as drafts, rather those with weak support, complaints, or new wording."""
    from pipelines.eval_harvest import harvest_questions
    from pipelines.workspace import open_workspace

    drawn = harvest_questions(
        open_workspace(workspace), cases, count, since=parse_time(since), until=parse_time(until), seed=seed
    )
    text = f"{drawn.added} of {drawn.questions} questions added to {cases}: next, rag eval review --cases {cases}"
    say_json(asdict(drawn)) if as_json else say(text)
