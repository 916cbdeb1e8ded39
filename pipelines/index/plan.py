"""What an ingest would do, before anything is written: `rag ingest --plan`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.text import plural
from pipelines.console import bullet_list
from pipelines.index.code import code_lines
from pipelines.index.inputs import gathered
from pipelines.wiring import Workspace
from rag.wiring import place_embedder

if TYPE_CHECKING:
    from rag.ingest import IngestPlan


def plan_paths(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    prune: bool = False,
    urls: Path | None = None,
    name: str | None = None,
) -> IngestPlan:
    """Work out what `rag ingest` with the same arguments would do; nothing is written."""
    from rag.ingest import plan_ingest

    settings = workspace.settings
    with gathered(paths, urls, name, allowed=settings.ingest.allowed_networks) as inputs:
        plan = plan_ingest(
            inputs.paths,
            workspace.data,
            place_embedder(workspace),
            chunking=settings.chunking,
            prune=prune,
            include=settings.ingest.include,
            exclude=settings.ingest.exclude,
            extra=inputs.files,
        )
    return replace(plan, failed=(*plan.failed, *inputs.failed))


def plan_json(plan: IngestPlan) -> dict[str, Any]:
    """Return the stable JSON form of `rag ingest --plan --json`: lists of sources, counts, and minutes."""
    failed = [{"source": source, "reason": reason} for source, reason in plan.failed]
    notes = [{"source": source, "note": sentence} for source, sentence in plan.notes]
    return {**asdict(plan), "failed": failed, "notes": notes, "minutes": round(plan.seconds / 60, 3)}


def plan_text(plan: IngestPlan) -> str:
    """Return the plan as people read it: what would be done to which file, and what it would cost."""
    marks = {"+": plan.added, "~": plan.changed, "-": plan.removed}
    why = {source: f" ({plan.reasons[source]})" for source in plan.removed}
    lines = [f"{mark} {source}{why.get(source, '')}" for mark, sources in marks.items() for source in sources]
    shown = lines if len(lines) <= 200 else [*lines[:200], f"… and {len(lines) - 200:,} more"]
    counts = f"{len(plan.added)} to add, {len(plan.changed)} to change, {len(plan.removed)} to remove"
    shown.append(f"Plan: {counts}, {plan.unchanged} unchanged.")
    if plan.rebuild:
        shown.append(f"The whole index would be built anew: {plan.rebuild}.")
    shown.append(
        f"{plural(plan.chunks, 'chunk')} to store, {plan.texts:,} to embed ({plural(plan.tokens, 'token')}),"
        f" about {_duration(plan.seconds)}. Nothing was written."
    )
    shown += code_lines(plan.code)
    if plan.gone:
        shown.append(f"{plural(len(plan.gone), 'document')} would stay in the index; --prune removes:")
        shown += bullet_list((f"{source}: {plan.reasons[source]}" for source in plan.gone), limit=50)
    if plan.notes:
        shown.append("Not all of a file would be in the index:")
        shown += bullet_list((f"{source}: {sentence}" for source, sentence in plan.notes), limit=50)
    if plan.failed:
        shown.append(f"{plural(len(plan.failed), 'file')} would be refused:")
        shown += bullet_list((f"{source}: {reason}" for source, reason in plan.failed), limit=50)
    return "\n".join(shown)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"
