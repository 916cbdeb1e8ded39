"""Where an expected passage was lost: `rag why`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipelines.wiring import Workspace, build_generator, open_retriever
from rag.wiring import build_widener

if TYPE_CHECKING:
    from rag.diagnose import Diagnosis


def explain_missing(workspace: Workspace, question: str, expect: str, phrase: str = "") -> Diagnosis:
    """Ask the question and follow the passage that should have answered it; nothing is written to the log."""
    from rag.diagnose import explain, parse_expected

    expected = parse_expected(expect, phrase)
    retriever = open_retriever(workspace)
    widen = build_widener(workspace, retriever.index)
    return explain(question, expected, retriever, build_generator(workspace), widen)


def why_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return the stable JSON form of `rag why --json`."""
    passages = [
        {"id": chunk.id, "start": chunk.start, "end": chunk.end, "page": chunk.page, "heading": chunk.heading}
        for chunk in diagnosis.passages
    ]
    return {**asdict(diagnosis), "passages": passages}


def why_text(diagnosis: Diagnosis) -> str:
    """Return the stage, the reason and the advice, and the ranks on the way."""
    lines = [f"{diagnosis.stage.replace('_', ' ').upper()} – {diagnosis.reason}"]
    if diagnosis.advice:
        lines.append(f"  try      {diagnosis.advice}")
    if diagnosis.passages:
        places = [f"{chunk.start}–{chunk.end}" for chunk in diagnosis.passages[:3]]
        more = f" and {len(diagnosis.passages) - 3} more" if len(diagnosis.passages) > 3 else ""
        lines.append(f"  expected {diagnosis.source}, characters {', '.join(places)}{more}")
        ranks = {
            "dense": diagnosis.dense_rank,
            "lexical": diagnosis.lexical_rank,
            "fused": diagnosis.fused_rank,
            "final": diagnosis.final_rank,
        }
        shown = ", ".join(f"{side} {'–' if rank is None else rank}" for side, rank in ranks.items())
        lines.append(f"  ranks    {shown} (best {diagnosis.k} are used)")
    return "\n".join(lines)
