"""Where the names of a table's columns stand: below titles and notes, on one row or several, or nowhere.

The first row names the columns if it is unlikely to be one more record. For each column it is compared with the cells
below it. Another kind ("Stock" above 72), a word never seen in a column of few words ("State" above open and closed),
another look ("Part" above AX-1120) speak for a name; the same speak against it. Without such a difference the values
are read by position: a record taken for names would give every value a wrong one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from rag.read.table.column_words import bare_unit, is_unit, names_column
from rag.read.table.grid import GridRow
from rag.read.table.kinds import is_missing, is_series, kind_of, shape_of, usual_kind

SAMPLE_ROWS = 60
"""How many rows are looked at to find the names."""

_ENOUGH = 1.0
_MOST = 3.0
_MOST_LEVELS = 4
_LONG_NAME = 60
_FEW = 3


@dataclass(frozen=True, slots=True)
class TableHead:
    """How many rows stand above the names and hold them, the names by column, and how sure it is.

    `names` is empty where there are none. `above` counts rows of title and notes.
    """

    above: int
    depth: int
    names: tuple[str, ...]
    score: float = 0.0


def find_head(rows: Sequence[GridRow]) -> TableHead:
    """Find the names of the columns in the first rows of a table."""
    above = _titles(rows)
    marked = _marked_depth(rows[above:])
    if marked:
        return _with_units(rows, above, marked, _MOST)
    best = TableHead(above, 0, ())
    for depth in range(1, min(_MOST_LEVELS, len(rows) - above - 1) + 1):
        if depth > 1 and not _is_upper_level(rows[above + depth - 2], rows[above + depth - 1]):
            break
        body = rows[above + depth : above + depth + SAMPLE_ROWS]
        units = _holds_units(body)
        score = _score(_lowest(rows[above : above + depth]), body[1:] if units else body)
        score += 1.0 if units else 0.0
        score += 0.5 * (depth - 1)
        if score >= _ENOUGH and score >= best.score:
            best = _with_units(rows, above, depth, score)
    return best


def _titles(rows: Sequence[GridRow]) -> int:
    """Count the rows at the top that hold a title, a note or a "Date: today" above a wider table."""
    widths = sorted(len(row.filled) for row in rows)
    usual = widths[len(widths) * 3 // 4] if widths else 0
    above = 0
    while above < len(rows) - 1 and _is_title(rows[above], usual, rows[above + 1]):
        above += 1
    return above if any(len(row.filled) > 1 for row in rows[above:]) else 0


def _is_title(row: GridRow, usual: int, following: GridRow) -> bool:
    filled = row.filled
    if usual < 2 and not row.copied or row.head and not (following.head and len(filled) == 1):
        return False
    if len(filled) == 1:
        return usual > 1 and (filled[0] == 0 or bool(row.copied)) and not _is_upper_level(row, following)
    packed = filled == list(range(len(filled)))
    return packed and usual > _FEW and len(filled) * 2 <= usual and not _is_upper_level(row, following)


def _is_upper_level(upper: GridRow, lower: GridRow) -> bool:
    """Tell whether `lower` names columns of the groups that `upper` names: it fills places that `upper` leaves open."""
    if any(kind_of(text) in ("number", "date") for at, text in enumerate(lower.texts) if at not in lower.below):
        return False
    width = max(len(upper.texts), len(lower.texts))
    inner = range(width - 1)
    groups = [at for at in inner if _at(upper, at) and (at + 1 in upper.copied or not _at(upper, at + 1))]
    filled = [at for at in range(width) if _at(lower, at) and at not in lower.below]
    if len(filled) < 2 or not groups:
        return False
    opened = [at for at in filled if at in upper.copied or not _at(upper, at)]
    closed = [at for at in range(width) if _at(upper, at) and at not in filled]
    if len(upper.filled) == 1 and upper.copied and len(upper.copied) + 1 >= width:
        return False
    under_group = all(at in upper.copied or at in groups or not _at(upper, at) for at in filled)
    split = bool(upper.copied) or bool(closed) or not _at(upper, 0)
    return bool(opened) and (under_group or bool(closed)) and split


def _at(row: GridRow, at: int) -> str:
    return row.texts[at] if at < len(row.texts) else ""


def _marked_depth(rows: Sequence[GridRow]) -> int:
    depth = 0
    while depth < len(rows) and rows[depth].head:
        depth += 1
    return depth if depth < len(rows) else 0


def _lowest(rows: Sequence[GridRow]) -> GridRow:
    """Return the row of the names nearest to the values: of each column the lowest cell that holds something."""
    width = max(len(row.texts) for row in rows)
    texts = [next((_at(row, at) for row in reversed(rows) if _at(row, at)), "") for at in range(width)]
    return GridRow(texts, bold=all(row.bold for row in rows))


def _with_units(rows: Sequence[GridRow], above: int, depth: int, score: float) -> TableHead:
    names = _names(rows[above : above + depth])
    rest = rows[above + depth :]
    if _holds_units(rest):
        for at, text in enumerate(rest[0].texts[: len(names)]):
            if text and is_unit(text) and names[at]:
                names[at] = f"{names[at]} ({bare_unit(text)})"
        depth += 1
    return TableHead(above, depth, tuple(names), score)


def _holds_units(body: Sequence[GridRow]) -> bool:
    """Tell whether the first row holds only units, but for its first cell ("Unit"), and numbers stand below each."""
    if len(body) < 2:
        return False
    row, below = body[0], body[1:]
    filled = [at for at in row.filled if not is_missing(row.texts[at])]
    units = [at for at in filled if is_unit(row.texts[at])]
    named = len(filled) == len(units) + 1 and filled[0] not in units and names_column(row.texts[filled[0]])
    if not units or not named and len(filled) > len(units):
        return False
    return all(usual_kind([_own(one, at) for one in below]) == "number" for at in units)


def _names(levels: Sequence[GridRow]) -> list[str]:
    """Join the names of all levels for each column: "Winter / min"; a group holds for the open places beside it."""
    width = max(len(row.texts) for row in levels)
    joined: list[list[str]] = [[] for _ in range(width)]
    for level, row in enumerate(levels):
        lower = levels[level + 1 :]
        group = ""
        for at in range(width):
            text, named_below = _at(row, at), any(_at(below, at) for below in lower)
            if text:
                group = text if named_below and not row.copied else ""
            elif named_below:
                text = group
            if text and text not in joined[at][-1:]:
                joined[at].append(text)
    return [" / ".join(part.rstrip(" :") for part in parts) for parts in joined]


def _score(names: GridRow, body: Sequence[GridRow]) -> float:
    """Return how much speaks for `names` being names above `body`, in units of log-odds; 0 is undecided."""
    if not body:
        return -_MOST
    filled = [at for at, text in enumerate(names.texts) if not is_missing(text)]
    if len(filled) < 2 or max(len(names.texts[at]) for at in filled) > 3 * _LONG_NAME:
        return -_MOST
    columns = [(names.texts[at], [text for row in body if (text := _own(row, at))]) for at in filled]
    total = sum(_column_score(name, cells) for name, cells in columns if cells)
    worded = [name for name, _ in columns if kind_of(name) in ("text", "code")]
    known = sum(map(names_column, worded)) / len(worded) if worded else 0.0
    total += _MOST if known >= 0.5 else 1.5 if known >= 0.3 else 0.0
    if 0 not in filled and all(_own(row, 0) for row in body):
        total += 1.5
    if len({name for name, _ in columns}) < len(columns):
        total -= 0.5
    if names.bold and not all(row.bold for row in body):
        total += 2.0
    return total + _series_score(columns)


def _own(row: GridRow, at: int) -> str:
    return "" if at in row.copied else _at(row, at)


def _column_score(name: str, cells: Sequence[str]) -> float:
    kind, usual = kind_of(name), usual_kind(cells)
    if len(name) > _LONG_NAME or name.endswith("."):
        return -2.0
    if kind == "text" and usual in ("number", "year", "date", "code"):
        return _MOST
    if kind == "code" and usual in ("number", "date"):
        return 1.5
    if kind in ("number", "year", "date"):
        return -_MOST if usual == kind or usual == "number" else -1.0
    if kind == "code" and usual == "code":
        return -_MOST if shape_of(name) in set(map(shape_of, cells)) else -0.5
    return _unlike(name, cells)


def _unlike(name: str, cells: Sequence[str]) -> float:
    """Compare words with words: how unlikely it is (Good and Turing) that one more record holds what was never seen."""
    folded = [cell.casefold() for cell in cells]
    if name.casefold() in folded:
        return -2.0
    shapes = [shape_of(cell) for cell in cells]
    shape = shape_of(name)
    looks = 0.0 if shape in shapes else min(1.0 if len(cells) > _FEW else 0.4, _rarity(shapes))
    usual_length = sorted(map(len, cells))[len(cells) // 2]
    longer = 1.0 if usual_length > 25 and len(name) * 2.5 < usual_length else 0.0
    return min(_MOST, max(_rarity(folded), looks, longer))


def _rarity(seen: Sequence[str]) -> float:
    once = sum(count == 1 for count in Counter(seen).values())
    return log((len(seen) + 1) / (once + 1))


def _series_score(columns: Sequence[tuple[str, list[str]]]) -> float:
    """Return what years, sizes and other series above the columns weigh, against the records that hold one as well."""
    numbered = [(name, cells) for name, cells in columns if kind_of(name) in ("number", "year")]
    if len(numbered) < 2 or not is_series([name for name, _ in numbered]):
        return 0.0
    height = min(len(cells) for _, cells in numbered)
    records = [[cells[row] for _, cells in numbered] for row in range(height)]
    years = all(kind_of(name) == "year" for name, _ in numbered)
    alike = sum(is_series(record) for record in records if not years or kind_of(record[0]) == "year")
    if not records or alike * 2 > len(records) or years and any(usual_kind(cells) == "year" for _, cells in numbered):
        return 0.0
    return (_MOST + 1.0 if years else _MOST) * len(numbered)
