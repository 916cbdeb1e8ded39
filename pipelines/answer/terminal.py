"""A conversation on the terminal: `rag chat`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from data.errors import SilentDriftError
from data.records import Answer
from pipelines.answer.render import footnotes
from pipelines.console import note, say, say_piece
from rag.asking import Conversation

_PROMPT = "? "
_HELP = """/sources  where the last answer comes from, with its quotes
/new      begin a new conversation
/quit     leave (or Ctrl-D)
Ctrl-C stops an answer that is being written."""


class Chat:
    """Reads questions with `ask_user`, until it raises EOFError, and shows what comes of them."""

    def __init__(self, conversation: Conversation, ask_user: Callable[[str], str] = input) -> None:
        self._conversation = conversation
        self._ask_user = ask_user
        self._last: Answer | None = None

    def run(self) -> None:
        """Talk until the user leaves; Ctrl-C at the prompt only drops the line."""
        while True:
            try:
                line = self._ask_user(_PROMPT if sys.stdin.isatty() else "").strip()
            except EOFError:
                return
            except KeyboardInterrupt:
                note("\n(/quit or Ctrl-D leaves)")
                continue
            if line.lower() in ("/quit", "/exit", "/q", "quit", "exit"):
                return
            self._obey(line) if line.startswith("/") else self._answer(line)

    def _obey(self, command: str) -> None:
        if command == "/new":
            self._conversation.turns.clear()
            self._last = None
            note("A new conversation.")
        elif command == "/sources":
            say(footnotes(self._last) if self._last else "Nothing was answered yet.")
        elif command == "/help":
            say(_HELP)
        else:
            note(f"There is no {command}: known are /sources, /new, /help and /quit.")

    def _answer(self, question: str) -> None:
        if not question:
            return
        try:
            with closing(self._conversation.ask(question)) as parts:
                for part in parts:
                    self._show(part)
        except KeyboardInterrupt:
            note("\n(stopped)")
        except SilentDriftError as error:
            note(f"error: {error}")

    def _show(self, part: str | Answer) -> None:
        if isinstance(part, str):
            say_piece(part)
            return
        say()
        if part.interaction.error is not None:
            note(f"error: {part.interaction.error}")
            return
        self._last = part
        if "asked_as" in part.interaction.tags:
            note(f"(understood as: {part.interaction.question})")
        for citation in part.citations:
            page = f", page {citation.page}" if citation.page is not None else ""
            say(f"  [{citation.marker}] {citation.source}{page}")
        if part.log_error:
            note(f"warning: this answer is not in the log: {part.log_error}")


def remember_lines(path: Path) -> None:
    """Let the arrow keys bring back lines of this and earlier conversations, kept in `path`; terminals only."""
    if not sys.stdin.isatty():
        return
    try:
        import readline
    except ImportError:
        return
    import atexit

    with suppress(OSError):
        readline.read_history_file(path)
    readline.set_history_length(1000)

    def keep() -> None:
        with suppress(OSError):
            readline.write_history_file(path)
            path.chmod(0o600)

    atexit.register(keep)
