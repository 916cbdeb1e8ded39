"""`rag quarantine`: passages that look like an attack on a model, and their release."""

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
