"""`rag quarantine`: passages that look like an attack on a model, and their release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.console import plural, say, say_json
from pipelines.options import AsJson, Folder


def quarantine(
    release: Annotated[list[str] | None, typer.Option(help="Id of a passage to use from now on; repeatable.")] = None,
    hold: Annotated[list[str] | None, typer.Option(help="Id of a released passage to hold back again.")] = None,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """List passages that look like an attack on a model; with --release let some into answers."""
    from pipelines import quarantine as quarantining
    from pipelines.workspace import open_workspace

    opened = open_workspace(workspace)
    if release or hold:
        count = quarantining.release(opened, release or (), hold or ())
        say(f"{plural(count, 'passage')} changed.")
        return
    found = quarantining.look(opened)
    say_json(quarantining.quarantine_json(opened, found)) if as_json else say(quarantining.quarantine_text(opened, found))
