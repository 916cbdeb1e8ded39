"""`rag quarantine`: passages that look like an attack on a model, and their release; `rag remove`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from data.text import plural
from pipelines.cli.options import AsJson, Folder
from pipelines.console import say, say_json


def quarantine(
    release: Annotated[
        list[str] | None, typer.Option(help="Use the passage of this id from now on. The option may be repeated.")
    ] = None,
    hold: Annotated[
        list[str] | None,
        typer.Option(help="Hold the released passage of this id back again. The option may be repeated."),
    ] = None,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """List passages that look like an attack on a model. With --release some may be used in answers."""
    from pipelines.index import look, quarantine_json, quarantine_text
    from pipelines.index import release as release_passages
    from pipelines.wiring import open_workspace

    opened = open_workspace(workspace)
    if release or hold:
        count = release_passages(opened, release or (), hold or ())
        say(f"{plural(count, 'passage')} changed.")
        return
    found = look(opened)
    say_json(quarantine_json(opened, found)) if as_json else say(quarantine_text(opened, found))


def remove(
    sources: Annotated[
        list[str], typer.Argument(help="Remove these documents: sources as shown in citations, folders or globs.")
    ],
    forget: Annotated[
        bool,
        typer.Option("--forget", help="Keep nothing of them: no earlier index, no text of answers given from them."),
    ] = False,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Take documents out of the index by name."""
    from pipelines.index import removal_json, removal_text, remove_sources
    from pipelines.wiring import open_workspace

    report, answers = remove_sources(open_workspace(workspace), sources, forget=forget)
    say_json(removal_json(report, answers)) if as_json else say(removal_text(report, answers, forget=forget))
