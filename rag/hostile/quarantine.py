"""What is done about suspicious passages: flagged, or held back until somebody releases them.

A passage is judged when it is found, by the rules of today and with its surroundings (`rag.hostile.linter`), so better
rules need no new ingest. Kept on disk are only the releases, by chunk id: a passage whose text changes has another id
and is judged anew. Whole documents are judged once per content for the report of `rag ingest`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data.records import Chunk, Document, Hit
from rag.hostile.linter import HARMLESS, Rule, SuspiciousText, lint, lint_span


@dataclass(frozen=True, slots=True)
class PassageJudgement:
    """What was found in a document's text, and in what its reader left out."""

    document: tuple[SuspiciousText, ...]
    unread: tuple[SuspiciousText, ...] = ()

    def pack(self) -> tuple[str, str]:
        """Write both as JSON."""
        return _packed(self.document), _packed(self.unread)

    @classmethod
    def unpack(cls, document: str, unread: str) -> PassageJudgement:
        """Read what `pack` wrote."""
        return cls(_unpacked(document), _unpacked(unread))


class Guard:
    """Judges the passages of an index as they are found.

    With `holding`, suspicious ones that nobody released are kept out of results; else they stay and are flagged.
    """

    def __init__(
        self, document: Callable[[str], Document], released: Callable[[], frozenset[str]], *, holding: bool
    ) -> None:
        self._document = document
        self._released = released
        self.holding = holding

    def rules(self, chunk: Chunk) -> tuple[Rule, ...]:
        """Return the rules against which a passage offends, in its text, source or heading."""
        found = self._findings(chunk, chunk.start, chunk.end)
        return tuple(dict.fromkeys(item.rule for item in found))

    def suspects(self, hits: Sequence[Hit]) -> list[Hit]:
        """Return those of `hits` that offend and were not released."""
        offending = [hit for hit in hits if self.rules(hit.chunk)]
        released = self._released() if offending else frozenset()
        return [hit for hit in offending if hit.chunk.id not in released]

    def admitted(self, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits that may be answered from."""
        held = {hit.chunk.id for hit in self.suspects(hits)} if self.holding else set()
        return [hit for hit in hits if hit.chunk.id not in held]

    def holds(self, chunk: Chunk) -> bool:
        """Tell whether a passage is kept out of results."""
        return self.holding and bool(self.suspects([Hit(chunk, 0.0)]))

    def narrowed(self, found: Sequence[Hit], widened: Sequence[Hit]) -> list[Hit]:
        """Return `widened` hits, but those as `found` whose surroundings, and not themselves, are suspicious."""
        before = {hit.chunk.id: hit for hit in found}
        return [
            before.get(hit.chunk.id, hit) if self._grew_suspicious(before.get(hit.chunk.id), hit) else hit
            for hit in widened
        ]

    def _grew_suspicious(self, before: Hit | None, hit: Hit) -> bool:
        if before is None or (before.chunk.start, before.chunk.end) == (hit.chunk.start, hit.chunk.end):
            return False
        return bool(self.rules(hit.chunk)) and not self.rules(before.chunk)

    def _findings(self, chunk: Chunk, start: int, end: int) -> list[SuspiciousText]:
        try:
            text = self._document(chunk.source).text
        except KeyError:  # taken out of the index since it was found
            text = ""
        inside = lint_span(text, start, end) if text[start:end] == chunk.text else lint(chunk.text)
        found = [*inside, *lint(f"{chunk.source}\n{chunk.heading}")]
        return [item for item in found if item.rule not in HARMLESS]


def _packed(findings: Sequence[SuspiciousText]) -> str:
    return json.dumps([[item.rule, item.start, item.end, item.excerpt] for item in findings], ensure_ascii=False)


def _unpacked(packed: str) -> tuple[SuspiciousText, ...]:
    return tuple(SuspiciousText(*entry) for entry in json.loads(packed))
