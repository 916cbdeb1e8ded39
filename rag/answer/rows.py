"""The records of tables among the sentences found, and which of them make the answer: all that match, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.records import Hit
from data.text import question_terms, terms
from rag.answer.evidence import AnswerSentence
from rag.answer.location import is_evidence, locate
from rag.answer.records import MOST_RECORDS, RecordJudge, TableRecord, names_columns, read_record


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A record that answers: its passage, where it starts there, its score as a sentence, and how it is quoted."""

    passage: int
    start: int
    score: float
    quote: str


@dataclass(frozen=True, slots=True)
class FoundRows:
    """The sentences that are no records, and the records that answer, best first."""

    others: tuple[AnswerSentence, ...]
    answering: tuple[AnswerRow, ...]
    whole: bool
    """Whether all rows that belong to the answer can be at hand."""

    def chosen(self) -> list[AnswerRow]:
        """Return the rows to quote in the order of reading: none where they may be only a part of the answer."""
        rows = {row.quote.casefold(): row for row in reversed(self.answering)}
        if len(rows) > MOST_RECORDS or not self.whole:
            return []
        return sorted(rows.values(), key=lambda row: (row.passage, row.start))


def find_records(question: str, found: Sequence[AnswerSentence], hits: Sequence[Hit]) -> FoundRows:
    """Take the records out of the sentences `found` in the passages of `hits`, and keep those that answer."""
    judge = RecordJudge(question)
    others: list[AnswerSentence] = []
    answering: list[AnswerRow] = []
    tabular: set[int] = set()
    places: dict[tuple[str, tuple[str, ...]], set[int]] = {}
    for item in found:
        chunk = hits[item.passage].chunk
        named = names_columns(chunk.text, item.start, item.end)
        record = None if named else read_record(chunk.text, item.start, item.end, chunk.heading)
        if record is None and not named:
            others.append(item)
            continue
        tabular.add(item.passage)
        if record is None:
            continue
        places.setdefault((chunk.source, record.names), set()).add(chunk.start)
        if judge.answers(record, f"{chunk.heading} {chunk.source}"):
            quote = _quoted(record, chunk.text, item)
            answering.append(AnswerRow(item.passage, item.start, item.score, quote))
    spread = judge.lists and any(len(passages) > 1 for passages in places.values())
    others = [item for item in others if item.passage not in tabular or _stands_alone(question, item, others, hits)]
    return FoundRows(tuple(others), tuple(answering), len(answering) == 1 or not spread)


def _stands_alone(question: str, item: AnswerSentence, others: Sequence[AnswerSentence], hits: Sequence[Hit]) -> bool:
    """Tell whether the prose of a passage holds half of what is asked, without the rows of the table in it."""
    chunk = hits[item.passage].chunk
    prose = [chunk.text[other.start : other.end] for other in others if other.passage == item.passage]
    asked = frozenset(question_terms(question))
    return 2 * len(asked & frozenset(terms(f"{chunk.heading} {' '.join(prose)}"))) >= len(asked)


def _quoted(record: TableRecord, text: str, item: AnswerSentence) -> str:
    """Return the record with the names of its columns where the row is still found by it, else as it stands."""
    named = record.shown
    place = locate(named, text)
    found = place is not None and is_evidence(place) and item.start <= place.start and place.end <= item.end
    return named if found else " ".join(record.text.split())
