"""Ways back: `rag repair` and `rag rollback`."""

from __future__ import annotations

from data.text import plural
from pipelines.wiring import Workspace
from rag.wiring import place_embedder


def repair_index(workspace: Workspace) -> str:
    """Rebuild vectors and full-text index from the catalogue, where the settings want them now; say what was done.

    :raises SilentDriftError: there is no index, it is being written, or the catalogue itself is damaged.
    """
    from rag.ingest import repair
    from rag.store.vectors import place_vectors

    place_vectors(workspace.data, workspace.settings.vectors)
    report = repair(workspace.data, place_embedder(workspace))
    again = (
        plural(report.embedded, "text") + " embedded again" if report.embedded else "nothing had to be embedded again"
    )
    return f"Generation {report.generation} rebuilt: {plural(report.chunks, 'chunk')}, {again}."


def rollback_index(workspace: Workspace) -> str:
    """Publish the revision before the current one again; say which.

    :raises SilentDriftError: there is no earlier revision, or the index is being written.
    """
    from rag.ingest import rollback

    return f"Generation {rollback(workspace.data)} is published again; nothing had to be embedded."
