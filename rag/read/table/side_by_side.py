"""Tables that stand beside each other on a sheet, an empty column between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby, islice

from rag.read.table.grid import GridRow
from rag.read.table.head import SAMPLE_ROWS, find_head

_EMPTY = GridRow(())


def apart(first: GridRow, rows: Iterator[GridRow]) -> Iterator[GridRow]:
    """Yield the rows of a sheet, of tables beside each other those of the left one first, an empty row between."""
    for filled, group in groupby(chain([first], rows), key=lambda row: any(row.texts)):
        if not filled:
            yield _EMPTY
            continue
        block = iter(group)
        sample = list(islice(block, SAMPLE_ROWS))
        parts = _parts(sample)
        if len(parts) < 2:
            yield from chain(sample, block)
            continue
        whole = [*sample, *block]
        for start, end in parts:
            yield from (_cut(row, start, end) for row in whole)
            yield _EMPTY


def _parts(sample: Sequence[GridRow]) -> list[tuple[int, int]]:
    """Return the columns of each table; one only where an empty column is no border between two with names."""
    width = max(len(row.texts) for row in sample)
    used = [any(at < len(row.texts) and row.texts[at] for row in sample) for at in range(width)]
    parts: list[tuple[int, int]] = []
    for filled, run in groupby(range(width), key=lambda at: used[at]):
        columns = list(run)
        if filled:
            parts.append((columns[0], columns[-1] + 1))
    named = all(end - start > 1 and find_head(_part_rows(sample, start, end)).names for start, end in parts)
    return parts if named else parts[:1]


def _part_rows(sample: Sequence[GridRow], start: int, end: int) -> list[GridRow]:
    return [row for row in (_cut(row, start, end) for row in sample) if any(row.texts)]


def _cut(row: GridRow, start: int, end: int) -> GridRow:
    return GridRow(
        row.texts[start:end],
        frozenset(at - start for at in row.copied if start < at < end),
        frozenset(at - start for at in row.below if start <= at < end),
        row.head,
        row.bold,
        row.label,
    )
