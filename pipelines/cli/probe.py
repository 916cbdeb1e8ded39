"""`drift probe`: ask the canaries; `drift probe init` drafts them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import AsJson, Folder, Since, Until, parse_time
from pipelines.console import note, progress_printer, say, say_json

app = typer.Typer(add_completion=False)

Canaries = Annotated[
    Path | None,
    typer.Option(
        "--canaries", help="The file holds the fixed questions, as JSON Lines.", show_default="canaries.jsonl"
    ),
]


@app.callback(invoke_without_command=True)
def probe(
    context: typer.Context,
    canaries: Canaries = None,
    against: Annotated[
        str,
        typer.Option(help="Compare with usual (the last healthy rounds), previous, baseline, or a baseline's name."),
    ] = "usual",
    repeats: Annotated[int, typer.Option(min=1, max=20, help="Ask each question so many times.")] = 1,
    alert: Annotated[
        bool, typer.Option("--alert", help="Tell the channels of rag.toml, as runs on schedule do.")
    ] = False,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Ask the canaries and compare them with earlier rounds. It exits with the codes of `drift report`.

    Known answers decide, by an exact test. Where a loss is in doubt, all are asked five more times.
    """
    if context.invoked_subcommand:
        return
    from pipelines.monitoring import probe as run_probe
    from pipelines.monitoring import probe_json, probe_text, probed_told
    from pipelines.wiring import open_workspace

    opened, now = open_workspace(workspace), datetime.now(UTC)
    progress = progress_printer("probe")
    probed = run_probe(opened, canaries, against=against, repeats=repeats, now=now, progress=progress)
    say_json(probe_json(probed)) if as_json else say(probe_text(probed))
    if alert:
        (note if as_json else say)(probed_told(opened, probed, now))
    raise typer.Exit(probed.exit_code)


@app.command()
def init(
    canaries: Canaries = None,
    cases: Annotated[
        Path | None, typer.Option(help="Take reviewed golden cases from this file.", show_default="cases.jsonl")
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=1000, help="Add so many canaries at most.")] = 30,
    since: Since = None,
    until: Until = None,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Draft canaries from golden cases and from what people ask most. What is in the file stays."""
    from dataclasses import asdict

    from pipelines.monitoring import draft_canaries
    from pipelines.wiring import open_workspace

    made = draft_canaries(
        open_workspace(workspace), canaries, cases, count, since=parse_time(since), until=parse_time(until)
    )
    say_json(asdict(made) | {"path": str(made.path)}) if as_json else say(str(made))
