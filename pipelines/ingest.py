"""Documents to index: `rag ingest`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.console import bullet_list, plural
from pipelines.workspace import Workspace, build_embedder, chunk_settings

if TYPE_CHECKING:
    from rag.ingest import IngestReport


def ingest_paths(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    prune: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> IngestReport:
    """Bring the index up to date with `paths`; refused files are in the report and never stop the good ones."""
    from rag.ingest import ingest

    settings = workspace.settings
    return ingest(
        paths,
        workspace.data,
        build_embedder(settings),
        chunking=chunk_settings(settings),
        prune=prune,
        include=settings.ingest.include,
        exclude=settings.ingest.exclude,
        progress=progress,
    )


def to_json(report: IngestReport) -> dict[str, Any]:
    """Return the stable JSON form of `rag ingest --json`."""
    return {**asdict(report), "failed": [{"source": source, "reason": reason} for source, reason in report.failed]}


def to_text(report: IngestReport) -> str:
    """Return what happened, with every refused file and why."""
    counts = f"{report.added} added, {report.changed} changed, {report.removed} removed, {report.unchanged} unchanged"
    lines = [f"{counts}; {plural(report.chunks, 'chunk')} in the index; {report.seconds:.1f} s"]
    if report.failed:
        lines.append(f"{plural(len(report.failed), 'file')} refused:")
        lines += bullet_list((f"{source}: {reason}" for source, reason in report.failed), limit=50)
    return "\n".join(lines)
