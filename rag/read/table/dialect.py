"""Which signs separate and quote the values of delimited text.

Each candidate is tried: a sample is read by it, and the records that come out are judged. The right one gives records
of equal length whose cells are clean. A wrong one splits prose at its commas: lengths differ, cells begin with spaces
or hold halves of quotes. (Python's csv.Sniffer looks at letters between quotes instead, and takes the first thousands
of them, which may end inside a long cell.)
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rag.read.table.kinds import kind_of

DELIMITERS = (",", ";", "\t", "|")
FIELD_LIMIT = 2**24
"""The longest cell that is read as one."""

_SAMPLE_RECORDS = 300
_SAMPLE_CHARACTERS = 2**20
_LEAST = 0.15
_SEPARATOR_LINE = re.compile(r"sep=(.)[ \t]*\n", re.IGNORECASE)
_BARE = re.compile(r"\S+")
_FIRST_WEIGHT = 0.1
_MOST_MENDED = 1_000
_MOST_CELLS = 20


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How values are separated and quoted; without `delimiter` each line is one value."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    start: int = 0
    """Where the table begins: after Excel's own line "sep=;"."""

    def records(self, text: str, mended: list[str] | None = None) -> Iterator[list[str]]:
        """Yield the records of a text; lines whose quotes do not close are cut at delimiters and noted in `mended`.

        So one broken line spoils no other. After a thousand of them quotes are taken as they come.
        """
        spoilt: list[str] = [] if mended is None else mended
        start = self.start
        while start < len(text):
            place = _Place(start)
            try:
                for record in self._reader(place.follow(text), strict=len(spoilt) < _MOST_MENDED):
                    yield record
                    place.settled = place.read
                return
            except csv.Error:
                start = text.find("\n", place.settled) + 1 or len(text)
                spoilt.append(text[place.settled : start].rstrip("\n"))
                yield spoilt[-1].split(self.delimiter)

    def _reader(self, lines: Iterator[str], *, strict: bool) -> Iterator[list[str]]:
        csv.field_size_limit(FIELD_LIMIT)
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            doublequote=not self.escape,
            escapechar=self.escape or None,
            strict=strict,
        )


class _Place:
    """How far a text was read, and how far into whole records."""

    def __init__(self, start: int) -> None:
        self.settled = self.read = start

    def follow(self, text: str) -> Iterator[str]:
        """Yield the lines from here on one by one: a copy of the whole would double the memory."""
        while self.read < len(text):
            start, self.read = self.read, text.find("\n", self.read) + 1 or len(text)
            yield text[start : self.read]


_QUOTINGS = (('"', ""), ('"', "\\"), ("'", ""), ("", ""))
"""Quotes and escapes in the order in which they are believed where they read a sample alike."""


def find_dialect(text: str, delimiters: Sequence[str] = DELIMITERS) -> CsvDialect:
    """Return the dialect by which `text` reads best; with one of `delimiters`, only the quotes are looked for."""
    stated = _SEPARATOR_LINE.match(text)
    start = stated.end() if stated else 0
    if stated:
        delimiters = (stated[1],)
    sample = text[: start + _SAMPLE_CHARACTERS]
    best, highest = CsvDialect(delimiters[0], start=start), _LEAST if len(delimiters) > 1 else -1.0
    for delimiter in delimiters:
        for quote, escape in _QUOTINGS:
            if delimiter not in sample or quote == "'" not in sample or escape not in sample:
                continue
            dialect = CsvDialect(delimiter, quote, escape, start)
            score = _score(sample, dialect, [sign for sign in DELIMITERS if sign != delimiter])
            if score > highest + 1e-9:
                best, highest = dialect, score
    if highest <= _LEAST < 1 and len(delimiters) > 1:
        return CsvDialect("\x1f", start=start)
    return best


def _score(text: str, dialect: CsvDialect, others: Sequence[str]) -> float:
    """Return how well a sample reads, from 0 to 1."""
    mended: list[str] = []
    records = list(islice(dialect.records(text, mended), _SAMPLE_RECORDS))
    filled = [record for record in records if any(record)]
    if not filled:
        return 0.0
    lengths = Counter(map(len, filled))
    usual, alike = max(lengths.items(), key=lambda item: (item[1], item[0]))
    if usual < 2:
        return 0.0
    share = alike / len(filled)
    first = len(filled[0]) == usual
    even = (1 - _FIRST_WEIGHT) * share + _FIRST_WEIGHT * first if len(filled) > 1 else share
    clean = _cleanness(filled, dialect, others)
    return even**2 * (1 - 0.5 / usual) * clean * (1 - len(mended) / len(records))


def _cleanness(records: Sequence[Sequence[str]], dialect: CsvDialect, others: Sequence[str]) -> float:
    cells = [cell for record in records for cell in record[:_MOST_CELLS]]
    return sum(_clean(cell, dialect, others) for cell in cells) / len(cells)


def _clean(cell: str, dialect: CsvDialect, others: Sequence[str]) -> float:
    if not cell or kind_of(cell) == "number":
        return 1.0
    worth = 1.0
    if cell[0] == " " and len(cell) > 1:
        worth = 0.5
    if cell.count('"') % 2 or cell[0] == cell[-1] == '"' and len(cell) > 1 or not dialect.quote and '"' in cell:
        worth *= 0.3
    if len(cell) < 80 and any(sign in cell for sign in others) and _BARE.fullmatch(cell):
        worth *= 0.5
    return worth
