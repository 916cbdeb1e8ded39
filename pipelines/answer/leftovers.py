"""The log with the answers of servers that were killed: they wait in files beside it until somebody fetches them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from data.errors import SilentDriftError, WorkspaceError
from data.records import Interaction, Score
from data.text import plural
from pipelines.console import note
from pipelines.wiring import Workspace, open_log

if TYPE_CHECKING:
    from pathlib import Path

    from data.log import Complete, InteractionLog
    from rag.asking import LogWriter

_PATIENCE_S = 300.0


def whole_log(workspace: Workspace) -> InteractionLog:
    """Open the log after the answers of servers that are gone were written to it, and all were scored.

    What cannot be fetched now, as in a folder that may only be read, stays where it is, and that is told.

    :raises WorkspaceError: the log cannot be opened.
    """
    log = open_log(workspace)
    folder = workspace.data / "journal"
    if folder.is_dir() and any(folder.iterdir()):
        _fetch(workspace, folder, log)
    _score(log)
    return log


def _score(log: InteractionLog) -> None:
    """Score what `rag.open` wrote without a scorer; a log that may only be read stays as it is."""
    from data.log import score_unscored
    from eval.quality import live_scorer

    try:
        score_unscored(log, live_scorer())
    except WorkspaceError as error:
        note(f"Answers that nobody scored stay unscored: {error}")


def _fetch(workspace: Workspace, folder: Path, log: InteractionLog) -> None:
    from data.log import Journal, build_redactor, orphans

    try:
        left = orphans(folder)
        for place in left:
            place.release(gone=False)
        if not left:
            return
        journal = Journal(
            folder,
            lambda: log,
            redact=build_redactor(workspace.settings.log, workspace.folder),
            complete=_completer(workspace),
        )
        done = journal.close(_PATIENCE_S)
    except (OSError, SilentDriftError) as error:
        note(f"Answers of a server that was killed still wait in {folder} and are not counted here: {error}")
        return
    if not done:
        why = journal.error or "it takes long"
        note(f"Answers of a server that was killed still wait in {folder} and are not counted here: {why}")
    elif journal.counts.dropped:
        cut = plural(journal.counts.dropped, "cut line")
        note(f"A server was killed while it wrote: {cut} in {folder} held no answer.")
    if journal.counts.set_aside:
        aside = plural(journal.counts.set_aside, "row")
        note(f"{aside} could not be held by the log: set-aside.jsonl in {folder} names each, and why.")


def _completer(workspace: Workspace) -> Complete:
    """Return what scores an answer as the server would have; without an index it stays unscored."""
    from pipelines.answer.asker import open_asker

    opened: list[LogWriter | None] = []

    def complete(interaction: Interaction) -> tuple[Interaction, Sequence[Score]]:
        if not opened:
            try:
                opened.append(open_asker(workspace).writer)
            except SilentDriftError:
                opened.append(None)
        return opened[0].complete(interaction) if opened[0] else (interaction, ())

    return complete
