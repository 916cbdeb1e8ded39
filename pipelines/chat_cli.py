"""The command `rag chat`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.console import note
from pipelines.options import Folder

HistoryFile = Annotated[
    Path | None,
    typer.Option("--history", help='What was said before: JSON Lines of {"role", "content"}, or OpenAI messages.'),
]


def chat(workspace: Folder = Path("."), history: HistoryFile = None) -> None:
    """Ask one question after the other; each may refer to those before it."""
    from pipelines.ask import Asker
    from pipelines.chat import Chat, remember_lines
    from pipelines.conversation import Conversation, read_history
    from pipelines.workspace import open_workspace

    opened = open_workspace(workspace)
    turns = read_history(history) if history else ()
    asker = Asker.from_workspace(opened)
    remember_lines(opened.data / "chat-history")
    note(f"{asker.generator.id} answers from {opened.folder.resolve().name}; /help tells the commands.")
    Chat(Conversation(asker, opened.settings.chat.follow_ups, turns)).run()
