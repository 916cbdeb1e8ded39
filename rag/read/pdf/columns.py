"""Columns of prose that a file draws line by line across the page: read one column after the other.

Such columns come out of pdfium as lines that run across the gap between them. A gap is one of columns where three or
more lines in a row have it at the same place, and each side reads on from line to line as prose does: a line without a
full stop, the next one in small letters. Rows of a table do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.read.pdf.page_text import PageLetters

_LEAST_ROWS = 3
_WIDE = 1.0
"""The least width of a gap, in heights of its line: a space has a quarter to a half."""
_READS_ON = 0.4
_MOST_LETTERS = 20_000
_STOPS = frozenset(".!?:;。！？…")
_PROBED = 8
"""How many lines are looked at first: a page with few wide gaps has no columns."""
_LEAST_WORDS = 4

Gap = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class _PageLine:
    """A line of the page: its words from left to right, and the wide gaps between them."""

    start: int
    end: int
    words: tuple[_Word, ...]
    gaps: tuple[Gap, ...]


def in_columns(text: str, letters: PageLetters) -> str:
    """Return the text of a page with columns of prose one after the other; `letters` are those of `text`."""
    lines = _lines(text) if len(text) <= _MOST_LETTERS else []
    worded = [line for line in lines if _is_worded(text[slice(*line)])]
    if len(worded) < _LEAST_ROWS:
        return text
    probed = worded[:: max(1, len(worded) // _PROBED)]
    if 3 * sum(bool(_row(text, letters, *line).gaps) for line in probed) < len(probed):
        return text
    looked_at = set(worded)
    rows = [_row(text, letters, *line) if line in looked_at else _PageLine(*line, (), ()) for line in lines]
    parts: list[str] = []
    done = 0
    for begin, end, gutters in _runs(rows):
        columns = _columns(text, rows[begin:end], gutters)
        if all(_is_prose(column) for column in columns):
            parts += [text[done : rows[begin].start], "\n".join(line for column in columns for line in column if line)]
            done = rows[end - 1].end
    return "".join([*parts, text[done:]])


def _lines(text: str) -> list[tuple[int, int]]:
    spans = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _row(text: str, letters: PageLetters, start: int, end: int) -> _PageLine:
    words = []
    at = start
    for part in text[start:end].split():
        at = text.index(part, at)
        words.append(_Word(at, at + len(part), letters.box(at).left, letters.box(at + len(part) - 1).right))
        at += len(part)
    least = _WIDE * letters.height(words[0].start)
    pairs = zip(words, words[1:], strict=False)
    gaps = tuple((before.right, after.left) for before, after in pairs if after.left - before.right >= least)
    return _PageLine(start, end, tuple(words), gaps)


def _runs(rows: Sequence[_PageLine]) -> Iterator[tuple[int, int, list[Gap]]]:
    """Yield where rows begin and end that share gaps, and these gaps."""
    begin, shared = 0, list(rows[0].gaps)
    for place, row in enumerate(rows[1:], start=1):
        common = [gap for gap in (_common(one, row) for one in shared) if gap is not None]
        if common:
            shared = common
            continue
        if shared and place - begin >= _LEAST_ROWS:
            yield begin, place, shared
        begin, shared = place, list(row.gaps)
    if shared and len(rows) - begin >= _LEAST_ROWS:
        yield begin, len(rows), shared


def _common(gap: Gap, row: _PageLine) -> Gap | None:
    """Return what of a gap a row leaves free; a row that stands on one side of it leaves all."""
    for left, right in row.gaps:
        low, high = max(gap[0], left), min(gap[1], right)
        if high - low >= (right - left) / 4 and high > low:
            return low, high
    if not row.words:
        return None
    if row.words[0].left >= gap[1] or row.words[-1].right <= gap[0]:
        return gap
    return None


def _columns(text: str, rows: Sequence[_PageLine], gutters: Sequence[Gap]) -> list[list[str]]:
    borders = sorted((left + right) / 2 for left, right in gutters)
    columns: list[list[str]] = [[] for _ in range(len(borders) + 1)]
    for row in rows:
        sides: list[list[str]] = [[] for _ in columns]
        for word in row.words:
            sides[sum(word.left > border for border in borders)].append(text[word.start : word.end])
        for column, side in zip(columns, sides, strict=True):
            column.append(" ".join(side))
    return columns


def _is_prose(column: Sequence[str]) -> bool:
    """Tell whether lines read on as prose does."""
    lines = [line for line in column if line]
    words = [word for line in lines for word in line.split()]
    if (
        len(lines) < _LEAST_ROWS
        or len(words) < 2 * len(lines)
        or sum(_is_word(word) for word in words) < len(words) / 2
    ):
        return False
    pairs = list(zip(lines, lines[1:], strict=False))
    return sum(_reads_on(*pair) for pair in pairs) >= _READS_ON * len(pairs)


def _is_worded(line: str) -> bool:
    """Tell whether a line may be one of columns of prose: several words, and few of them numbers."""
    words = line.split()
    return len(words) >= _LEAST_WORDS and 3 * sum(_is_word(word) for word in words) >= 2 * len(words)


def _is_word(word: str) -> bool:
    return word.strip("()[]„“”\"'«».,;:!?-–").isalpha()


def _reads_on(line: str, following: str) -> bool:
    first = following[0]
    return line[-1] not in _STOPS and first.isalpha() and not first.isupper()
