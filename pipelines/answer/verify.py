"""A stored answer against today's sources: `rag verify ID`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.records import Interaction
from pipelines.wiring import Workspace, open_log

if TYPE_CHECKING:
    from rag.answer import Verification


def verify_answer(workspace: Workspace, interaction_id: str) -> tuple[Interaction, list[Verification]]:
    """Check each citation of a logged answer against the text its source has today.

    :raises InputError: no such interaction.
    :raises NoIndexError: nothing is indexed.
    """
    from rag.answer import verify_citations
    from rag.index import Index

    interaction = open_log(workspace).get(interaction_id)
    return interaction, verify_citations(Index.open(workspace.data), interaction.citations)


def all_stand(checked: list[Verification]) -> bool:
    """Tell whether every citation still has its quote."""
    return all(item.status in {"supported", "moved"} for item in checked)


def verification_json(interaction: Interaction, checked: list[Verification]) -> dict[str, Any]:
    """Return the JSON form of `rag verify --json`."""
    citations = [
        {
            "marker": item.citation.marker,
            "source": item.citation.source,
            "status": item.status,
            "quote": item.citation.quote,
            "start": item.start,
            "end": item.end,
            "now": item.now,
            "note": item.note,
        }
        for item in checked
    ]
    return {"id": interaction.id, "question": interaction.question, "citations": citations}


def verification_text(interaction: Interaction, checked: list[Verification]) -> str:
    """Return one line per citation, and what stands in the source now where that differs."""
    lines = [f"{interaction.question}  ({interaction.at:%Y-%m-%d %H:%M} UTC)"]
    for item in checked:
        note = f" ({item.note})" if item.note else ""
        lines.append(f"  [{item.citation.marker}] {item.status}: {item.citation.source}{note}")
        if item.status == "changed":
            lines.append(f"      then “{' '.join(item.citation.quote.split())}”")
            lines.append(f"      now  “{' '.join(item.now.split())}”" if item.now else "      now  nothing like it")
    if not checked:
        lines.append("  This answer cites nothing.")
    return "\n".join(lines)
