"""What is done about suspicious passages: flagged, or held back until somebody releases them.

A passage is judged when it is found, by the rules of today and with its surroundings (`rag.hostile.linter`), so better
rules need no new ingest. Kept on disk are only the releases, by chunk id: a passage whose text changes has another id
and is judged anew. Whole documents are judged once per content for the report of `rag ingest`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.records import Chunk, Document, Hit
from rag.hostile.linter import HARMLESS, Rule, SuspiciousText, lint, lint_span

FILE = "quarantine.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS released (chunk TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS judged (key TEXT PRIMARY KEY, document TEXT NOT NULL, unread TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class PassageJudgement:
    """What was found in a document's text, and in what its reader left out."""

    document: tuple[SuspiciousText, ...]
    unread: tuple[SuspiciousText, ...] = ()


class Ledger:
    """The small database beside the index: who was released, and what was found in which content."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def released(self) -> frozenset[str]:
        """Return the ids of the chunks somebody has released."""
        if not self._path.exists():
            return frozenset()
        with self._open() as connection:
            return frozenset(chunk for (chunk,) in connection.execute("SELECT chunk FROM released"))

    def release(self, chunks: Iterable[str], at: str) -> None:
        """Let chunks into answers from now on."""
        with self._open() as connection:
            connection.executemany("INSERT OR IGNORE INTO released VALUES (?, ?)", [(chunk, at) for chunk in chunks])

    def hold(self, chunks: Iterable[str]) -> None:
        """Take releases back."""
        with self._open() as connection:
            connection.executemany("DELETE FROM released WHERE chunk = ?", [(chunk,) for chunk in chunks])

    def judgements(self) -> dict[str, PassageJudgement]:
        """Return all that was noted, by content."""
        if not self._path.exists():
            return {}
        with self._open() as connection:
            rows = connection.execute("SELECT key, document, unread FROM judged").fetchall()
        return {key: PassageJudgement(_unpacked(document), _unpacked(unread)) for key, document, unread in rows}

    def note(self, judgements: dict[str, PassageJudgement]) -> None:
        """Keep judgements."""
        rows = [(key, _packed(item.document), _packed(item.unread)) for key, item in judgements.items()]
        with self._open() as connection:
            connection.executemany("INSERT OR REPLACE INTO judged VALUES (?, ?, ?)", rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10)) as connection:
            connection.executescript(_TABLES)
            with connection:
                yield connection


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
