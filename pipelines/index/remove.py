"""Documents out of the index by name: `rag remove`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from data.text import plural
from pipelines.console import bullet_list
from pipelines.wiring import Workspace, open_log
from rag.wiring import place_embedder, prompt_secret

if TYPE_CHECKING:
    from rag.ingest import RemovalReport


def remove_sources(workspace: Workspace, named: Sequence[str], *, forget: bool = False) -> tuple[RemovalReport, int]:
    """Take documents out of the index; return what was done, and how many logged answers lost their text.

    With `forget` nothing is kept of them: no revision to go back to, and no text of an answer that was given from them.
    """
    from data.log import forget_sources
    from rag.ingest import remove_documents
    from rag.store.vectors import place_vectors

    place_vectors(workspace.data, workspace.settings.vectors)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    report = remove_documents(workspace.data, named, place_embedder(workspace), now, forget=forget)
    answers = forget_sources(open_log(workspace), report.removed, prompt_secret(workspace)) if forget else 0
    return report, answers


def removal_json(report: RemovalReport, answers: int) -> dict[str, Any]:
    """Return the stable JSON form of `rag remove --json`."""
    return {**asdict(report), "forgotten_answers": answers}


def removal_text(report: RemovalReport, answers: int, *, forget: bool) -> str:
    """Say what was removed, what was forgotten, and which files an ingest would read again."""
    count = plural(len(report.removed), "document")
    lines = [f"{count} removed; {plural(report.chunks, 'chunk')} in the index"]
    lines += bullet_list(report.removed, limit=50)
    if forget:
        lines.append(
            f"Nothing of them is kept: no earlier index, and {plural(answers, 'logged answer')} lost its text."
        )
    else:
        lines.append("rag rollback brings them back; --forget would take them out of the kept index and the log, too.")
    if report.still_there:
        lines.append("The next ingest reads these files again, unless .ragignore or [ingest] exclude names them:")
        lines += bullet_list(report.still_there, limit=20)
    return "\n".join(lines)
