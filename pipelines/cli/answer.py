"""The command `rag doctor`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import AsJson, Folder
from pipelines.console import note, say, say_json

HistoryFile = Annotated[
    Path | None,
    typer.Option(
        "--history", help='This file says what was said before: JSON Lines of {"role", "content"}, or OpenAI messages.'
    ),
]


def chat(workspace: Folder = Path("."), history: HistoryFile = None) -> None:
    """Ask one question after the other. Each may refer to those before it."""
    from pipelines.answer import Chat, open_asker, read_history, remember_lines
    from pipelines.wiring import open_workspace
    from rag.asking import Conversation

    opened = open_workspace(workspace)
    turns = read_history(history) if history else ()
    asker = open_asker(opened)
    remember_lines(opened.data / "chat-history")
    note(f"{asker.generator.id} answers from {opened.folder.resolve().name}; /help tells the commands.")
    Chat(Conversation(asker, turns)).run()


Timeout = Annotated[float, typer.Option("--timeout", min=0.1, max=3600, help="A request may take so many seconds.")]


def doctor(workspace: Folder = Path("."), timeout: Timeout = 60.0, as_json: AsJson = False) -> None:
    """Find out what the endpoints can really do, and how much a model reads. It exits with 1 when something failed."""
    from dataclasses import asdict

    from pipelines.answer import doctor_text, examine, show_table
    from pipelines.wiring import open_workspace

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
