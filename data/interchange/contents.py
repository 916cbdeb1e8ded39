"""What a file holds, gathered item by item: rows that are there twice, rows that clash, rows that are refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from data.errors import InputError
from data.jsonl import RejectedLine
from data.records import Interaction, Score


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What a file held: the good interactions with their scores, and the lines refused.

    `notes` tell what of it was left out without harm to a record, counted and by name.
    """

    interactions: tuple[Interaction, ...]
    scores: tuple[Score, ...]
    rejected: tuple[RejectedLine, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class FileContents:
    """The items of a file as they are read; scores `of_conversations` belong to no single answer of these."""

    items: dict[str, Interaction] = field(default_factory=dict)
    scores: dict[tuple[str, ...], Score] = field(default_factory=dict)
    rejected: list[RejectedLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    copies: int = 0
    turns: int = 0
    of_conversations: int = 0

    def add(self, item: Interaction, scores: Iterable[Score]) -> None:
        """Take one interaction in; the same one again is a copy, which may bring other scores.

        :raises InputError: another interaction has its id; the message is the reason alone.
        """
        known = self.items.setdefault(item.id, item)
        if known != item:
            raise InputError(f"id {item.id!r} is used by an earlier line too, for another interaction")
        self.copies += known is not item
        for score in scores:
            key = (score.interaction_id, score.metric, score.source, score.scorer, score.scorer_version)
            if self.scores.get(key) is None or self.scores[key].value is None:
                self.scores[key] = score

    def refuse(self, number: int, reason: str, raw: str) -> None:
        """Note a line, or an item, that could not be read."""
        self.rejected.append(RejectedLine(number, reason, raw))

    def finished(self) -> ImportedFile:
        """Return all that was gathered."""
        copies = f"{_rows(self.copies)} there twice or more, word for word, and counted once." if self.copies else ""
        scores = tuple(self.scores.values())
        turns = f"{self.turns:,} rows are turns of conversations, cut from traces that hold several."
        whole = f"{self.of_conversations:,} scores are about whole conversations, not an answer: left out."
        parts = (turns if self.turns else "", whole if self.of_conversations else "")
        notes = (copies, *parts, _without_value(scores), *self.notes)
        return ImportedFile(
            tuple(self.items.values()), scores, tuple(self.rejected), tuple(note for note in notes if note)
        )


def _rows(count: int) -> str:
    return "1 row is" if count == 1 else f"{count:,} rows are"


def _without_value(scores: tuple[Score, ...]) -> str:
    lost = [score for score in scores if score.value is None]
    if not lost:
        return ""
    names = ", ".join(sorted({repr(score.metric) for score in lost})[:5])
    count = "1 score without a number counts" if len(lost) == 1 else f"{len(lost):,} scores without a number count"
    first = next((score.reason for score in lost if score.reason), "no value")
    return f"{count} as missing ({names}; the first: {first})."
