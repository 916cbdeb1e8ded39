"""What the workspace holds: `rag status`."""

from __future__ import annotations

from typing import Any

from data.errors import WorkspaceError
from data.text import plural
from pipelines.answer import whole_log
from pipelines.index.code import code_lines, told_definitions
from pipelines.wiring import Workspace
from rag.wiring import place_embedder

_IN_PLACE = "as rag.toml says"


def workspace_status(workspace: Workspace) -> dict[str, Any]:
    """Return the stable JSON form of `rag status --json`.

    :raises NoIndexError: nothing was ingested yet.
    """
    from pipelines.index.quarantine import look, summary
    from rag.index import Index
    from rag.store.vectors import check_store

    check_store(workspace.settings.vectors)
    index = Index.open(workspace.data, place_embedder(workspace))
    status = index.status()
    return {
        "generation": status.generation,
        "documents": status.documents,
        "chunks": status.chunks,
        "embedder": status.embedder,
        "languages": status.languages,
        "vectors": index.lying_elsewhere(workspace.settings.vectors) or _IN_PLACE,
        "code": told_definitions(status.media_types),
        "suspicious": summary(workspace, look(workspace)),
        "chat": workspace.settings.chat.model or "extractive",
        "log": _log_status(workspace),
    }


def _log_status(workspace: Workspace) -> dict[str, Any]:
    """Return how much the log holds; one that cannot be opened, as in a folder that may only be read, says why."""
    try:
        span = whole_log(workspace).span()
    except WorkspaceError as error:
        return {"interactions": None, "from": None, "to": None, "error": str(error)}
    first, last = (at.isoformat() if at else None for at in (span.first, span.last))
    return {"interactions": span.interactions, "from": first, "to": last}


def status_text(status: dict[str, Any]) -> str:
    """Return the status as aligned lines."""
    log = status["log"]
    span = f" ({log['from'][:16]} to {log['to'][:16]} UTC)" if log["interactions"] else ""
    logged = log["error"] if "error" in log else f"{plural(log['interactions'], 'interaction')}{span}"
    languages = ", ".join(f"{name} {count}" for name, count in status["languages"].items())
    return "\n".join(
        [
            f"index      generation {status['generation']}: {plural(status['documents'], 'document')},"
            f" {plural(status['chunks'], 'chunk')}",
            *([f"vectors    {status['vectors']}"] if status["vectors"] != _IN_PLACE else []),
            f"languages  {languages}",
            *(f"code       {line}" for line in code_lines(status["code"])),
            f"embedder   {status['embedder']}",
            f"answers    {status['chat']}",
            f"log        {logged}",
            *_suspicious(status["suspicious"]),
        ]
    )


def _suspicious(found: dict[str, Any]) -> list[str]:
    if not found["passages"]:
        return []
    where = f"{plural(found['passages'], 'passage')} of {plural(found['documents'], 'document')}"
    return [f"suspicious {where}, {found['released']} released ({found['mode']}): rag quarantine"]
