"""`drift baseline`: set, show, list."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.text import plural
from pipelines.cli.options import AsJson, Folder, Since, Until, parse_time
from pipelines.console import say, say_json

if TYPE_CHECKING:
    from data.log import Baseline

app = typer.Typer(help="Pin the period that reports compare with.", no_args_is_help=True)


@app.command("set")
def set_(
    name: Annotated[str, typer.Argument(help="The name of the baseline.")] = "default",
    workspace: Folder = Path("."),
    since: Since = None,
    until: Until = None,
) -> None:
    """Pin a period as the reference. Without a period it is all that was logged so far."""
    from pipelines.monitoring import pin_baseline
    from pipelines.wiring import open_workspace

    pinned, count = pin_baseline(
        open_workspace(workspace), name, parse_time(since), parse_time(until), datetime.now(UTC)
    )
    say(f"Baseline {pinned.name!r} v{pinned.version}: {plural(count, 'interaction')}, {_period(pinned)}")


@app.command()
def show(
    name: Annotated[str | None, typer.Argument(help="The name of the baseline.", show_default="default")] = None,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Show the records, scores and fingerprint of a baseline, and how the days since then add up."""
    from dataclasses import asdict

    from pipelines.monitoring import baseline_text, describe
    from pipelines.wiring import open_workspace

    found = describe(open_workspace(workspace), name)
    say_json(asdict(found)) if as_json else say(baseline_text(found))


@app.command("list")
def list_(workspace: Folder = Path("."), as_json: AsJson = False) -> None:
    """List all baselines and their versions."""
    from dataclasses import asdict

    from pipelines.wiring import open_log, open_workspace

    found = open_log(open_workspace(workspace)).baselines()
    if as_json:
        say_json([{key: str(value) for key, value in asdict(item).items()} for item in found])
        return
    for item in found:
        say(f"{item.name} v{item.version}: {_period(item)}, pinned {item.created:%F %R}")
    if not found:
        say("No baseline yet: pin one with `drift baseline set`.")


def _period(item: Baseline) -> str:
    return f"{item.since:%F %R} to {item.until:%F %R} UTC"
