"""Suspicious passages of a workspace: what ingest tells of them, and `rag quarantine`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from data.errors import InputError
from data.text import plural
from pipelines.console import bullet_list
from pipelines.wiring import Workspace
from rag.ingest import RULE_WORDS, rules_in_words

if TYPE_CHECKING:
    from rag.ingest import Survey, Suspect

_SHOWN = 200


def look(workspace: Workspace) -> Survey:
    """Judge every document of the index.

    :raises NoIndexError: nothing was ingested yet.
    """
    from rag.index import Index
    from rag.ingest import survey
    from rag.store import Ledger

    return survey(Index.open(workspace.data), Ledger(workspace.data))


def release(workspace: Workspace, chunks: Sequence[str], hold: Sequence[str]) -> int:
    """Release and hold back passages by id; return how many were named.

    :raises InputError: an id names no suspicious passage.
    """
    from rag.store import Ledger

    known = {item.chunk.id for item in look(workspace).suspects}
    strange = [chunk for chunk in (*chunks, *hold) if chunk not in known]
    if strange:
        raise InputError(f"{strange[0]!r} is no suspicious passage: `rag quarantine` lists their ids.")
    ledger = Ledger(workspace.data)
    ledger.release(chunks, datetime.now(UTC).isoformat(timespec="seconds"))
    ledger.hold(hold)
    return len(chunks) + len(hold)


def quarantine_json(workspace: Workspace, found: Survey) -> dict[str, Any]:
    """Return the JSON form of `rag quarantine --json`."""
    return {
        "mode": workspace.settings.ingest.hostile,
        "passages": [_suspect_json(item) for item in found.suspects],
        "outside_text": [
            {"source": source, "rule": item.rule, "excerpt": item.excerpt}
            for source, findings in found.unread.items()
            for item in findings
        ],
    }


def summary(workspace: Workspace, found: Survey) -> dict[str, Any]:
    """Return the counts `rag status` shows."""
    serious = [item for item in found.suspects if not item.harmless]
    return {
        "mode": workspace.settings.ingest.hostile,
        "passages": len(serious),
        "documents": len({item.chunk.source for item in serious}),
        "released": sum(item.released for item in serious),
    }


def quarantine_text(workspace: Workspace, found: Survey) -> str:
    """Return the suspicious passages with their ids, and what becomes of them."""
    serious = [item for item in found.suspects if not item.harmless]
    lines = [_fate(workspace.settings.ingest.hostile, len(serious))]
    for item in serious[:_SHOWN]:
        lines += _suspect_lines(item)
    if len(serious) > _SHOWN:
        lines.append(f"  … and {len(serious) - _SHOWN} more: rag quarantine --json")
    unread = [
        f"{source}: {rules_in_words([item.rule])}: “{item.excerpt}”"
        for source, all_ in found.unread.items()
        for item in all_
    ]
    if unread:
        lines += ["Hidden in files, and not indexed:", *bullet_list(unread, limit=50)]
    harmless = sum(item.harmless for item in found.suspects)
    if harmless:
        lines.append(f"{plural(harmless, 'passage')} with {RULE_WORDS['control_token']}: never held back.")
    return "\n".join(lines)


def _fate(mode: str, count: int) -> str:
    if not count:
        return "No passage looks like an attack on a model."
    fates = {
        "flag": 'they are used, and answers that saw one are flagged (ingest.hostile = "flag")',
        "quarantine": 'those not released are kept out of answers (ingest.hostile = "quarantine")',
        "off": 'nothing is done about them (ingest.hostile = "off")',
    }
    return f"{plural(count, 'passage')} may be an attack on a model; {fates[mode]}."


def _suspect_lines(item: Suspect) -> list[str]:
    chunk = item.chunk
    page = f", page {chunk.page}" if chunk.page is not None else ""
    state = "  released" if item.released else ""
    return [
        f"  {chunk.id}  {chunk.source}{page}, characters {chunk.start}–{chunk.end}{state}",
        f"      {rules_in_words(item.rules)}: “{item.excerpts[0]}”",
    ]


def _suspect_json(item: Suspect) -> dict[str, Any]:
    chunk = item.chunk
    place = {"source": chunk.source, "page": chunk.page, "start": chunk.start, "end": chunk.end}
    findings = {"rules": list(item.rules), "excerpts": list(item.excerpts), "harmless": item.harmless}
    return {"id": chunk.id, **place, **findings, "released": item.released}
