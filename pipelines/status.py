"""What the workspace holds: `rag status`."""

from __future__ import annotations

from typing import Any

from pipelines.console import plural
from pipelines.workspace import Workspace, build_embedder, open_log


def workspace_status(workspace: Workspace) -> dict[str, Any]:
    """Return the stable JSON form of `rag status --json`.

    :raises NoIndexError: nothing was ingested yet.
    """
    from pipelines.quarantine import look, summary
    from rag.index import Index

    status = Index.open(workspace.data, build_embedder(workspace.settings)).status()
    span = open_log(workspace).span()
    return {
        "generation": status.generation,
        "documents": status.documents,
        "chunks": status.chunks,
        "embedder": status.embedder,
        "languages": status.languages,
        "suspicious": summary(workspace, look(workspace)),
        "chat": workspace.settings.chat.model or "extractive",
        "log": {
            "interactions": span.interactions,
            "from": span.first.isoformat() if span.first else None,
            "to": span.last.isoformat() if span.last else None,
        },
    }


def to_text(status: dict[str, Any]) -> str:
    """Return the status as aligned lines."""
    log = status["log"]
    span = f" ({log['from'][:16]} to {log['to'][:16]} UTC)" if log["interactions"] else ""
    languages = ", ".join(f"{name} {count}" for name, count in status["languages"].items())
    return "\n".join(
        [
            f"index      generation {status['generation']}: {status['documents']} documents, {status['chunks']} chunks",
            f"languages  {languages}",
            f"embedder   {status['embedder']}",
            f"answers    {status['chat']}",
            f"log        {log['interactions']} interactions{span}",
            *_suspicious(status["suspicious"]),
        ]
    )


def _suspicious(found: dict[str, Any]) -> list[str]:
    if not found["passages"]:
        return []
    where = f"{plural(found['passages'], 'passage')} of {plural(found['documents'], 'document')}"
    return [f"suspicious {where}, {found['released']} released ({found['mode']}): rag quarantine"]
