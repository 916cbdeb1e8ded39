"""Documents to index: `rag ingest`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.text import plural
from pipelines.console import bullet_list
from pipelines.index.code import code_lines
from pipelines.index.engines import EngineName, build_engine
from pipelines.index.inputs import gathered
from pipelines.wiring import Workspace
from rag.wiring import ingest_into, place_embedder

if TYPE_CHECKING:
    from rag.ingest import IngestReport


def ingest_paths(  # noqa: PLR0913 - one keyword per option of the command
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    prune: bool = False,
    urls: Path | None = None,
    name: str | None = None,
    engine: EngineName = EngineName.local,
    address: str = "",
    force: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> IngestReport:
    """Bring the index up to date with `paths`, the URLs listed in `urls`, and standard input ("-") under `name`.

    Refused files and URLs are in the report and never stop the good ones. With `force`, an index that a changed
    embedder or chunking makes anew is published whatever the gate cases of the settings say.
    """
    from pipelines.index.gate import candidate_gate
    from pipelines.tracing import trace_ingest

    embedder = place_embedder(workspace)
    accept = None if force else candidate_gate(workspace)
    with gathered(paths, urls, name, progress, workspace.settings.ingest.allowed_networks) as inputs:
        report = ingest_into(
            workspace,
            inputs.paths,
            embedder=embedder,
            extra=inputs.files,
            prune=prune,
            progress=progress,
            engine=build_engine(engine, workspace.settings, embedder.id, address),
            accept=accept,
        )
    report = replace(report, failed=(*report.failed, *inputs.failed))
    trace_ingest(workspace.settings, report)
    return report


def where_vectors_lie(workspace: Workspace) -> str:
    """Say where the vectors of the index lie, if the settings name another place and nothing has moved them."""
    from rag.errors import NoIndexError
    from rag.index import Index

    try:
        return Index.open(workspace.data).lying_elsewhere(workspace.settings.vectors)
    except NoIndexError:
        return ""


def ingest_json(report: IngestReport) -> dict[str, Any]:
    """Return the stable JSON form of `rag ingest --json`."""
    failed = [{"source": source, "reason": reason} for source, reason in report.failed]
    suspicious = [{"source": source, "reason": reason} for source, reason in report.suspicious]
    notes = [{"source": source, "note": sentence} for source, sentence in report.notes]
    return {**asdict(report), "failed": failed, "suspicious": suspicious, "notes": notes}


def ingest_text(report: IngestReport) -> str:
    """Return what happened, with every refused file and why."""
    counts = f"{report.added} added, {report.changed} changed, {report.removed} removed, {report.unchanged} unchanged"
    lines = [f"{counts}; {plural(report.chunks, 'chunk')} in the index; {report.seconds:.1f} s"]
    lines += code_lines(report.code)
    if report.failed:
        lines.append(f"{plural(len(report.failed), 'file')} refused:")
        lines += bullet_list((f"{source}: {reason}" for source, reason in report.failed), limit=50)
    if report.notes:
        lines.append("Not all of a file is in the index:")
        lines += bullet_list((f"{source}: {sentence}" for source, sentence in report.notes), limit=50)
    if report.passed_over:
        kinds = sorted(report.passed_over.items(), key=lambda kind: (-kind[1], kind[0]))
        shown = ", ".join(f"{count} {suffix or 'without extension'}" for suffix, count in kinds[:8])
        more = ", …" if len(kinds) > 8 else ""
        lines.append(f"{plural(sum(report.passed_over.values()), 'file')} of kinds not read in folders: {shown}{more}")
    if report.gone:
        stay = "stays" if len(report.gone) == 1 else "stay"
        lines.append(f"{plural(len(report.gone), 'document')} {stay} in the index; --prune removes:")
        lines += bullet_list((f"{source}: {report.reasons[source]}" for source in report.gone), limit=20)
    if report.suspicious:
        lines.append("May be an attack on a model (see rag quarantine):")
        lines += bullet_list((f"{source}: {reason}" for source, reason in report.suspicious), limit=20)
    if report.refused:
        lines.append(report.refused)
    return "\n".join(lines)
