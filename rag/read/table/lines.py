"""Tables as text: one line per record, each value with the name of its column.

"Part: AX-1120 | Shelf: S3" says what S3 is wherever the table is cut. A record too long for one passage is written on
several lines, and each begins with its first value, so that no line loses what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice

from rag.read import TextBuilder
from rag.read.table.grid import GridRow
from rag.read.table.head import SAMPLE_ROWS, find_head
from rag.read.table.kinds import kind_of, usual_kind

_LEVEL = 7
"""Titles of tables lie below all headings of the text."""
_LONG_LINE = 500
_LONG_CELL = 1_500
_LONG_KEY = 100
_LONG_TITLE = 120
_CAPTION = re.compile(r"\W*(?:table|tab\.|tabelle|tableau|tabla|tabella|таблица|табл\.)\s*[\dIVX]", re.IGNORECASE)
_MOST_TITLES = 3
_SURE = 3.0
_LOOK_AHEAD = 8
_MOST_LEVELS = 4


class _Columns:
    """The names of the columns as they stand before values, and what kinds their values are."""

    def __init__(self, names: Sequence[str] = (), kinds: Sequence[str] = ()) -> None:
        self.names = tuple(names)
        self.kinds = tuple(kinds)
        self.numeric = [at for at, kind in enumerate(kinds) if kind in ("number", "year", "date")]
        self.first_number = min(self.numeric, default=-1)
        self._openings = [f"{name}: " if name else "" for name in names]

    def values(self, texts: Sequence[str]) -> list[str]:
        """Return the filled cells of a row, each after its name."""
        more = len(texts) - len(self._openings)
        openings = self._openings + [""] * more if more > 0 else self._openings
        return [opening + text for opening, text in zip(openings, texts, strict=False) if text]


class TableWriter:
    """Writes the tables of one sheet, file or place; rows come one by one, and empty ones end a block."""

    def __init__(self, builder: TextBuilder) -> None:
        self._builder = builder
        self._columns = _Columns()
        self._group = ""
        self._titled = False
        self._waiting: list[str] = []
        self._head_rows: list[Sequence[str]] = []

    def write(self, rows: Iterable[GridRow], caption: str = "") -> None:
        """Write all tables and notes among `rows`; `caption` is the title of the first."""
        if caption:
            self._title([caption])
        for filled, block in groupby(rows, key=_is_filled):
            if filled:
                self._block(block)
        self._write_waiting()
        if self._titled:
            self._builder.mark("", _LEVEL)
            self._titled = False

    def below_caption(self) -> None:
        """Take the line before the table for its title, if it is written as one ("Table 3: Stock")."""
        self._titled = self._builder.title_last_line(_is_caption, _LEVEL)

    def _block(self, rows: Iterator[GridRow]) -> None:
        sample = list(islice(rows, SAMPLE_ROWS))
        if all(len(row.filled) < 2 for row in sample) and len(sample) < SAMPLE_ROWS:
            self._notes(sample)
            return
        waiting = self._begin(sample)
        for row in (ahead := _Ahead(chain(waiting, rows))):
            if not row.copied and self._is_usual(row):
                self._lines(self._columns.values(row.texts))
            elif self._may_open_table(row, ahead) and (opened := _opened([row, *ahead.peek(_LOOK_AHEAD)])):
                ahead.take(len(opened) - 1)
                ahead.put_back(self._begin(opened))
            else:
                self._record(row)

    def _begin(self, sample: Sequence[GridRow]) -> list[GridRow]:
        """Write titles and names of the table that `sample` begins; return its records."""
        head = find_head(sample)
        titles = [*self._waiting, *(" ".join(row.texts[at] for at in row.filled) for row in sample[: head.above])]
        self._waiting = []
        if titles:
            self._title(titles)
        rows = list(sample[head.above + head.depth :])
        self._group = ""
        if head.names:
            self._columns = _Columns(head.names, _kinds(rows, len(head.names)))
            self._head_rows = [list(row.texts) for row in sample[head.above : head.above + head.depth]]
            if not titles:
                self._builder.line("")
            self._builder.line(" | ".join(name for name in dict.fromkeys(head.names) if name))
        elif not self._goes_on(rows, titles):
            self._columns = _Columns()
        return rows

    def _goes_on(self, rows: Sequence[GridRow], titles: Sequence[str]) -> bool:
        """Tell whether rows without names belong to the table before them: as wide, with the same kinds of values."""
        width = max((row.filled[-1] + 1 for row in rows if row.filled), default=0)
        if titles or not self._columns.numeric or width > len(self._columns.names):
            return False
        kinds = _kinds(rows, width)
        return all(not kind or kind == before for kind, before in zip(kinds, self._columns.kinds, strict=False))

    def _title(self, titles: Sequence[str]) -> None:
        """Write the lines above a table; the first is its heading in every passage."""
        self._builder.line("")
        short = titles[0] if len(titles[0]) <= _LONG_TITLE else f"{titles[0][:_LONG_TITLE].rsplit(' ', 1)[0]} …"
        self._builder.mark(short, _LEVEL)
        self._titled = True
        for title in titles:
            self._builder.line(title)

    def _notes(self, rows: Sequence[GridRow]) -> None:
        """Keep a block of single cells until it is known whether it is the title of what follows."""
        self._write_waiting()
        lines = [row.texts[row.filled[0]] for row in rows]
        self._waiting = lines
        if len(lines) > _MOST_TITLES or len(lines[0]) > _LONG_TITLE:
            self._write_waiting()

    def _write_waiting(self) -> None:
        if self._waiting:
            self._builder.line("")
        for line in self._waiting:
            self._builder.line(line)
        self._waiting = []

    def _may_open_table(self, row: GridRow, ahead: _Ahead) -> bool:
        """Tell whether another table might begin within a block: names are marked, or words stand where numbers do."""
        if self._is_head(row.texts):
            return False
        if row.head:
            return len(row.filled) > 1 and not all(one.head for one in ahead.peek(_MOST_LEVELS))
        if len(row.filled) > 1:
            return self._names_numbers(row)
        return any(self._names_numbers(one) for one in ahead.peek(1))

    def _names_numbers(self, row: GridRow) -> bool:
        """Tell whether a row holds words alone, and some in most columns of numbers."""
        numeric = self._columns.numeric
        words = sum(at < len(row.texts) and kind_of(row.texts[at]) in ("text", "code") for at in numeric)
        return len(numeric) > 1 and words * 2 >= len(numeric) and all(map(_is_word, row.texts))

    def _is_usual(self, row: GridRow) -> bool:
        """Tell at a glance that a row is a record: a digit opens its first number. The others are looked at closely."""
        at, texts = self._columns.first_number, row.texts
        return 0 <= at < len(texts) and texts[at][:1].isdigit() and not row.head and texts not in self._head_rows

    def _is_head(self, texts: Sequence[str]) -> bool:
        return texts in self._head_rows

    def _record(self, row: GridRow) -> None:
        texts = row.texts
        if self._is_head(row.texts):
            return
        if row.copied and len(row.filled) == 1 and len(row.copied) + 1 >= len(self._columns.names or texts):
            self._group = texts[row.filled[0]] if len(texts[row.filled[0]]) <= _LONG_TITLE else ""
            self._builder.line(texts[row.filled[0]])
            return
        if row.label and not self._columns.names and len(row.filled) == 2:
            self._builder.line(": ".join(texts[at].rstrip(" :") for at in row.filled))
            return
        self._lines(self._columns.values(texts))

    def _lines(self, parts: list[str]) -> None:
        if self._group:
            parts.insert(0, self._group)
        line = " | ".join(parts)
        if len(line) <= _LONG_LINE or len(parts) < 2:
            self._builder.line(line)
            return
        key = parts[0] if len(parts[0]) <= _LONG_KEY else ""
        told = any(len(part) > _LONG_CELL for part in parts) and key
        if told:
            self._builder.mark(key, _LEVEL + 1)
        for piece in _broken(parts[1:] if key else parts, key):
            self._builder.line(piece)
        if told:
            self._builder.mark("", _LEVEL + 1)


def write_table(builder: TextBuilder, rows: Iterable[GridRow], caption: str = "") -> None:
    """Write one table as a paragraph of its own."""
    builder.line("")
    writer = TableWriter(builder)
    if not caption:
        writer.below_caption()
    writer.write(rows, caption)
    builder.line("")


def _opened(rows: list[GridRow]) -> list[GridRow]:
    """Return the rows if they surely begin another table, none otherwise."""
    head = find_head(rows)
    sure = bool(head.names) and head.score >= _SURE and (rows[0].head or (len(rows[0].filled) == 1) == (head.above > 0))
    return rows if sure else []


def _is_word(text: str) -> bool:
    return kind_of(text) in ("", "text", "code")


def _is_caption(line: str) -> bool:
    return len(line) <= _LONG_TITLE and _CAPTION.match(line) is not None


def _is_filled(row: GridRow) -> bool:
    return any(row.texts)


def _kinds(rows: Sequence[GridRow], width: int) -> tuple[str, ...]:
    return tuple(usual_kind([row.texts[at] for row in rows if at < len(row.texts)]) for at in range(width))


def _broken(parts: Sequence[str], key: str) -> Iterator[str]:
    """Yield lines of whole values, each after the key of its record."""
    line = [key] if key else []
    size = len(key)
    for part in parts:
        if size + len(part) > _LONG_LINE and len(line) > bool(key):
            yield " | ".join(line)
            line, size = [key] if key else [], len(key)
        line.append(part)
        size += len(part) + 3
    if len(line) > bool(key):
        yield " | ".join(line)


class _Ahead:
    """An iterator that shows what is to come, and takes back what was taken."""

    def __init__(self, rows: Iterator[GridRow]) -> None:
        self._rows = rows
        self._waiting: list[GridRow] = []

    def __iter__(self) -> Iterator[GridRow]:
        return self

    def __next__(self) -> GridRow:
        return self._waiting.pop(0) if self._waiting else next(self._rows)

    def peek(self, count: int) -> list[GridRow]:
        """Return up to `count` of the next rows and leave them where they are."""
        self._waiting.extend(islice(self._rows, max(0, count - len(self._waiting))))
        return self._waiting[:count]

    def take(self, count: int) -> list[GridRow]:
        """Return up to `count` of the next rows."""
        return list(islice(self, count))

    def put_back(self, rows: Sequence[GridRow]) -> None:
        """Let `rows` come next."""
        self._waiting[:0] = rows
