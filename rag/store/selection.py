"""The passages of an index that meet a filter, searched by both sides as if there were no others.

The filter is applied before ranking: a search takes the best of the passages that meet it, never what is left of the
best passages of all. Few passages are compared with the question one by one, which is exact; of many, the store is
asked for enough neighbours that the wanted number should be among them, and where it is not, the comparison is exact
again.
"""

from __future__ import annotations

import heapq
import math
import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.protocols import VectorStore
from rag.store.catalog import Catalog
from rag.store.filters import Filter
from rag.store.revision import IndexedPassage, Revision

EXACT_UP_TO = 5_000
"""How many passages are compared one by one: 1,000 took 12 ms and 10,000 240 ms among 100,000, on two busy cores."""

_MARGINS = (2.0, 8.0)
"""How many times more neighbours than a fair share would need the store is asked for, at first and again."""
_AT_ONCE = 4096
_VISIBLE = "d.generation = ? AND d.added <= ? AND (d.removed IS NULL OR d.removed > ?)"


class Selection:
    """What meets `where` in one revision; it stands in for catalogue and vectors of a search, inside a transaction.

    The selected rows lie in a temporary table of the calling thread's connection, so a thread uses one at a time; they
    are kept for its next search, which often has the same filter. Up to `exact_up_to` passages are compared with the
    question one by one.
    """

    def __init__(
        self,
        catalog: Catalog,
        revision: Revision,
        store: VectorStore | None,
        where: Filter,
        *,
        exact_up_to: int = EXACT_UP_TO,
    ) -> None:
        self._catalog = catalog
        self._revision = revision
        self._store = store
        self._exact_up_to = exact_up_to
        self._connection = catalog.connection
        self.chunks = _fill(self._connection, revision, where)
        """How many passages meet the filter."""

    def rarest(self, generation: int, terms: Sequence[str], most: int) -> list[str]:
        """Return the terms that occur in the fewest chunks of all."""
        return self._catalog.rarest(generation, terms, most)

    def match(self, generation: int, expression: str, limit: int) -> list[tuple[int, float]]:
        """Return the rows that match best, with their BM25 scores, best first."""
        table = f"lexical_{generation:d}"
        return self._connection.execute(
            f"SELECT p.row, -bm25({table}) FROM {table} CROSS JOIN temp.selected p ON p.row = {table}.rowid"
            f" WHERE {table} MATCH ? ORDER BY 2 DESC, 1 LIMIT ?",
            (expression, limit),
        ).fetchall()

    def match_rows(self, generation: int, expression: str, rows: Sequence[int]) -> dict[int, float]:
        """Return the BM25 scores of given rows."""
        return self._catalog.match_rows(generation, expression, rows)

    def passages(self, generation: int, revision: int, column: str, values: Sequence[object]) -> list[IndexedPassage]:
        """Return the selected passages by 'id' or 'key'; of equal texts only those in selected places."""
        found = self._catalog.passages(generation, revision, column, values)
        return [passage for passage in found if self._holds(passage.row)]

    def vectors(self, space: str, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the cached vectors of `keys`."""
        return self._catalog.vectors(space, keys)

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Return the keys of the nearest selected vectors with their cosines, nearest first."""
        if self._store is not None and self.chunks > self._exact_up_to:
            for margin in _MARGINS:
                kept = self._kept_of_near(self._store, vector, math.ceil(margin * limit * self._share))
                if len(kept) >= limit:
                    return kept[:limit]
        return self._nearest_exactly(vector, limit)

    @property
    def _share(self) -> float:
        """How many passages there are for each that is selected."""
        return self._revision.chunks / max(1, self.chunks)

    def _kept_of_near(
        self, store: VectorStore, vector: NDArray[np.float32], neighbours: int
    ) -> list[tuple[str, float]]:
        near = store.nearest(vector, min(neighbours, self._revision.chunks))
        held = self._held([key for key, _ in near])
        return [(key, cosine) for key, cosine in near if key in held]

    def _nearest_exactly(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        best: list[tuple[float, str]] = []
        for keys, vectors in self._blocks():
            best = heapq.nlargest(limit, [*best, *zip(cosines(vectors, vector).tolist(), keys, strict=True)])
        return [(key, cosine) for cosine, key in best]

    def _blocks(self) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
        cursor = self._connection.execute(
            "SELECT v.key, v.vector FROM"
            " (SELECT DISTINCT c.key FROM temp.selected s CROSS JOIN chunks c ON c.id = s.row) p"
            " CROSS JOIN vectors v ON v.space = ? AND v.key = p.key",
            (self._revision.space,),
        )
        while rows := cursor.fetchmany(_AT_ONCE):
            packed = np.frombuffer(b"".join(vector for _, vector in rows), np.float16)
            yield [key for key, _ in rows], packed.reshape(len(rows), -1).astype(np.float32)

    def _held(self, keys: Sequence[str]) -> set[str]:
        held: set[str] = set()
        for at in range(0, len(keys), 500):
            batch = keys[at : at + 500]
            marks = ",".join("?" * len(batch))
            found = self._connection.execute(
                f"SELECT c.key FROM chunks c CROSS JOIN temp.selected s ON s.row = c.id WHERE c.key IN ({marks})", batch
            )
            held.update(key for (key,) in found)
        return held

    def _holds(self, row: int) -> bool:
        return self._connection.execute("SELECT 1 FROM temp.selected WHERE row = ?", (row,)).fetchone() is not None


def _fill(connection: sqlite3.Connection, revision: Revision, where: Filter) -> int:
    """Select what meets `where`, unless that is what the thread's former search selected; return how many there are."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS selected (row INTEGER PRIMARY KEY)")
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS selection (wanted TEXT NOT NULL, chunks INTEGER NOT NULL)")
    wanted = repr((revision.name, where))
    former = connection.execute("SELECT chunks FROM temp.selection WHERE wanted = ?", (wanted,)).fetchone()
    if former is not None:
        return int(former[0])
    connection.create_function("casefold", 1, str.casefold, deterministic=True)
    connection.execute("DELETE FROM temp.selected")
    connection.execute("DELETE FROM temp.selection")
    condition, values = where.sql()
    chunks = connection.execute(
        "INSERT INTO temp.selected SELECT c.id FROM documents d JOIN chunks c ON c.document = d.id"
        f" WHERE {_VISIBLE} AND {condition}",
        (revision.generation, revision.id, revision.id, *values),
    ).rowcount
    connection.execute("INSERT INTO temp.selection VALUES (?, ?)", (wanted, chunks))
    return chunks


def cosines(stored: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cosines of vectors from the catalogue, one a row, with a unit vector.

    Kept with 16 bits they are not quite of unit length, and a store, whose cosines stand beside these, divides by it.
    """
    found: NDArray[np.float32] = stored @ vector / np.linalg.norm(stored, axis=1)
    return found
