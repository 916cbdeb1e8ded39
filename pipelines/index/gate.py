"""Golden cases decide whether an index that was built anew may replace the published one (`ingest.gate_cases`).

Both indexes are searched for the same cases, nothing is generated. The embedder of the published index may not be that
of the settings any more, so each ingest notes which it used.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from data.cases import Case, load_cases
from data.errors import InputError
from data.records import Context, Hit, Interaction
from pipelines.wiring import Workspace
from rag.wiring import EMBEDDER_NOTE, place_embedder

if TYPE_CHECKING:
    from eval.gate_outcome import GateOutcome
    from eval.run import EvalRun
    from rag.index import Index

METRICS = ("source_recall", "evidence_recall")
MARGIN = 0.02
"""A mean that falls by more is refused even where the cases are too few to prove that it fell."""


def candidate_gate(workspace: Workspace) -> Callable[[Index], str | None] | None:
    """Return what compares a new index with the published one by the cases of the settings; None without cases.

    :raises InputError: the cases cannot be read, or none names sources or evidence.
    """
    name = workspace.settings.ingest.gate_cases
    if not name:
        return None
    cases = [case for case in load_cases(workspace.folder / name) if not case.must_abstain]
    cases = [case for case in cases if case.sources or case.evidence]
    if not cases:
        raise InputError(f"No case of ingest.gate_cases, {name}, names sources or evidence: add some to those.")
    return partial(_compare, workspace, cases)


def _compare(workspace: Workspace, cases: Sequence[Case], candidate: Index) -> str | None:
    from rag.errors import EmbedderError, EmbedderMismatch

    try:
        published = _open_published(workspace)
    except (EmbedderError, EmbedderMismatch) as error:
        return (
            f"The index built anew cannot be compared with the published one: {str(error).rstrip('.')};"
            " publish it uncompared with `rag ingest --force`."
        )
    try:
        return _judge(_measure(workspace, cases, published), _measure(workspace, cases, candidate), workspace)
    finally:
        published.close()


def _open_published(workspace: Workspace) -> Index:
    """Open the published index with the embedder it was built by, and make sure that it can be searched."""
    from rag.index import Index

    settings, path = workspace.settings, workspace.data / EMBEDDER_NOTE
    if path.exists():
        noted = json.loads(path.read_text(encoding="utf-8"))
        settings = replace(settings, embedder=replace(settings.embedder, **noted))
    index = Index.open(workspace.data, place_embedder(replace(workspace, settings=settings)))
    try:
        if settings.retrieval.mode != "lexical":
            index.embed_query("Can the published index be searched?")
    except BaseException:
        index.close()
        raise
    return index


def _measure(workspace: Workspace, cases: Sequence[Case], index: Index) -> EvalRun:
    from eval.metrics import METRICS as KNOWN
    from eval.run import evaluate

    retrieval = workspace.settings.retrieval

    def ask(case: Case) -> Interaction:
        hits = index.search(case.question, retrieval.k, mode=retrieval.mode)
        contexts = tuple(_context(hit) for hit in hits)
        return Interaction("", datetime.now(UTC), case.question, "", contexts=contexts)

    return evaluate(cases, ask, [metric for metric in KNOWN if metric.name in METRICS])


def _context(hit: Hit) -> Context:
    chunk = hit.chunk
    return Context(chunk.id, chunk.source, hit.score, chunk.text, also_in=hit.also_in)


def _judge(published: EvalRun, candidate: EvalRun, workspace: Workspace) -> str | None:
    from eval.gating import gate
    from eval.settings import EvalSettings

    outcome = gate(published, candidate, EvalSettings(metrics=METRICS))
    if not _is_worse(outcome):
        return None
    means = [
        f"{item.metric.replace('_', ' ')}@{workspace.settings.retrieval.k} {_shown(item.accepted_mean)} →"
        f" {_shown(item.candidate_mean)}"
        for item in outcome.metrics
    ]
    return (
        f"The index built anew finds less ({', '.join(means)}, {outcome.pairs} cases of"
        f" {workspace.settings.ingest.gate_cases}), so the former one stays published:"
        " set embedder and chunking as they were, or publish it with `rag ingest --force`."
    )


def _is_worse(outcome: GateOutcome) -> bool:
    if outcome.verdict == "regression" or any(item.lost for item in outcome.metrics):
        return True
    means = [(item.accepted_mean or 0.0, item.candidate_mean or 0.0) for item in outcome.metrics]
    return any(new < old - MARGIN for old, new in means)


def _shown(mean: float | None) -> str:
    return "unknown" if mean is None else f"{mean:.3f}"
