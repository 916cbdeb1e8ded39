"""The command `rag doctor`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.console import say, say_json
from pipelines.options import AsJson, Folder

Timeout = Annotated[float, typer.Option("--timeout", min=0.1, max=3600, help="Longest time for a request, in seconds.")]


def doctor(workspace: Folder = Path("."), timeout: Timeout = 60.0, as_json: AsJson = False) -> None:
    """Find out what the endpoints can really do, the true context window included; exit 1 when something failed."""
    from dataclasses import asdict

    from pipelines.doctor import examine, show_table, doctor_text
    from pipelines.workspace import open_workspace

    probes = examine(open_workspace(workspace), timeout)
    if as_json:
        found = list(probes)
        say_json([asdict(probe) for probe in found])
    elif sys.stdout.isatty():
        found = list(show_table(probes))
    else:
        found = []
        for probe in probes:
            say(doctor_text(probe))
            found.append(probe)
    if any(probe.status == "failed" for probe in found):
        raise typer.Exit(1)
