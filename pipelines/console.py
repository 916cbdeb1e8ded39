"""How commands speak: results on standard output, everything else on standard error, one sentence per error.

Questions, answers, names and messages come from strangers: all that is printed here is made fit for a terminal first.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from data.errors import SilentDriftError, cause
from data.extras import missing_library
from data.faces import keep_quiet
from data.text import plural, printable, printable_json, printable_line

STANDARD_OUTPUT = Path("-")
_INTERRUPTED = "Interrupted; what was finished is kept."
_INTERRUPTED_AT = {
    "rag ingest": "Interrupted: the index is as it was before. Run the same command again, and it goes on from here.",
    "rag repair": "Interrupted: the index is as it was before. Run the same command again.",
    "drift report": "Interrupted: no report was made.",
    "drift compare": "Interrupted: no report was made.",
}
_PIPE_CLOSED = 141
"""What shells report for a program that wrote to a reader which has gone, as in ``rag search … | head -1``."""


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"silentdrift {version('silentdrift')}")
        raise typer.Exit


ShowVersion = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
]


def run_app(app: typer.Typer) -> None:
    """Run a command line application; errors meant for people become one line and their exit code."""
    keep_quiet()
    _take_any_text()
    try:
        app()
    except SystemExit as leaving:
        if leaving.code == 130:  # typer turns Ctrl-C into this code and says nothing
            note(f"error: {_interrupted()}")
        sys.exit(_code(leaving))
    except KeyboardInterrupt:
        fail(_interrupted(), 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_PIPE_CLOSED)
    except Exception as error:  # the one boundary where anything is turned into a sentence
        if os.environ.get("SILENTDRIFT_DEBUG") and not isinstance(error, SilentDriftError):
            raise
        fail(*_sentence(error))


def _take_any_text() -> None:
    """Let a terminal that is not UTF-8 show escapes instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _code(leaving: SystemExit) -> str | int | None:
    """Return the exit code; typer and rich leave with 1 where nobody reads on, as they do for any failure."""
    return _PIPE_CLOSED if isinstance(leaving.__context__, BrokenPipeError) else leaving.code


def _sentence(error: Exception) -> tuple[str, int]:
    if missing := missing_library(error, f"`{_command()}`"):
        return str(missing), missing.exit_code
    if isinstance(error, SilentDriftError):
        return str(error), error.exit_code
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used ({error.strerror}): check the path and its rights.", 2
    if isinstance(error, OSError):
        return f"The system refused something ({cause(error)}): check the disk, the network and the rights.", 2
    return f"Unexpected {type(error).__name__}: {error}. Set SILENTDRIFT_DEBUG=1 to see where, and please report it.", 2


def _interrupted() -> str:
    return _INTERRUPTED_AT.get(_command(), _INTERRUPTED)


def _command() -> str:
    """Return the command as the user wrote it, without its arguments: "rag ingest"."""
    return " ".join([Path(sys.argv[0]).stem, *(word for word in sys.argv[1:2] if not word.startswith("-"))])


def fail(message: str, code: int) -> None:
    """Print `message` to standard error and leave with `code`."""
    note(f"error: {printable_line(' '.join(line.strip() for line in message.splitlines()))}")
    sys.exit(code)


def note(message: str) -> None:
    """Print a line for people to standard error."""
    typer.echo(printable(message), err=True)


def say(message: str = "") -> None:
    """Print a line of the result to standard output."""
    typer.echo(printable(message))


def say_piece(text: str) -> None:
    """Print a part of a line of the result at once, such as the words of an answer while it is written."""
    typer.echo(printable(text), nl=False)
    sys.stdout.flush()


def typed_answer(prompt: str) -> str:
    """Return what somebody types after `prompt`, which goes to standard error: standard output is for results alone.

    :raises EOFError: nobody types any more.
    """
    typer.echo(printable(prompt), nl=False, err=True)
    return input()


@contextmanager
def growing_table(*head: str) -> Iterator[Callable[..., None]]:
    """Show a table that grows on the terminal: the function adds a row, its first cell in a colour."""
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text

    table = Table(*head)
    with Live(table, console=Console(), refresh_per_second=4):
        yield lambda colour, first, *cells: table.add_row(
            Text(printable(first), style=colour), *(Text(printable(cell)) for cell in cells)
        )


def write_lines(path: Path, lines: Iterable[str], what: str) -> None:
    """Write JSON lines to a file, or to standard output for "-", and say how many of `what` they were."""
    count = 0
    with nullcontext(sys.stdout) if path == STANDARD_OUTPUT else path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(f"{printable_json(line) if path == STANDARD_OUTPUT else line}\n")
            count += 1
    (note if path == STANDARD_OUTPUT else say)(f"{plural(count, what)} written to {path}")


def say_json(value: Any) -> None:
    """Print one JSON value on one line of standard output."""
    say_written_json(json.dumps(value, ensure_ascii=False))


def say_written_json(text: str) -> None:
    """Print JSON that was written already; its values stay as they are."""
    typer.echo(printable_json(text))


def given_path(text: str) -> Path:
    """Return the path of an argument; an empty one, as of an unset shell variable, is not the current folder."""
    if not text.strip():
        raise typer.BadParameter("the path is empty: name a file or a folder, or . for this one.")
    return Path(text)


def progress_printer(what: str) -> Callable[[int, int, str], None]:
    """Return a callback (done, total, item): a bar on a terminal, a line every tenth elsewhere."""
    return _bar(what) if sys.stderr.isatty() else _lines(what)


def _lines(what: str) -> Callable[[int, int, str], None]:
    def report(done: int, total: int, item: str) -> None:
        step = max(1, total // 10)
        if total and (done == total or done % step == 0):
            note(f"{what} {done}/{total} {printable_line(item)}")

    return report


def _bar(what: str) -> Callable[[int, int, str], None]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[item]}", markup=False),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=None, item="")

    def report(done: int, total: int, item: str) -> None:
        if not bar.live.is_started:
            bar.start()
        bar.update(task, completed=done, total=total, item=printable_line(item)[-40:])
        if done >= total:
            bar.stop()

    return report


def bullet_list(items: Iterable[str], limit: int = 10) -> list[str]:
    """Return at most `limit` indented lines, and a line that counts the rest."""
    lines = [f"  - {printable_line(item)}" for item in items]
    return lines if len(lines) <= limit else [*lines[:limit], f"  … and {len(lines) - limit} more"]
