"""`index.sqlite`: all an index knows, so that everything else can be rebuilt from it.

A *generation* is one way to build an index (embedder and chunking), a *revision* one published content of a generation.
Documents carry the revision that added them and the one that removed them. So writers prepare revision n + 1 beside
readers of revision n, and publishing is one small transaction. A document is visible in revision r when ``added <= r <
removed``. Vectors are cached by embedder and text, so neither a rebuild nor a rollback embeds anything.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.records import Chunk, Document, Span
from rag.errors import IndexDamaged, IndexProblem, NoIndexError
from rag.store.connections import Connections
from rag.store.disk_errors import storage_errors
from rag.store.revision import IndexedPassage, Neighbour, Revision
from rag.store.schema import SCHEMA, create_schema

CATALOG_FILE = "index.sqlite"
VISIBLE = "d.generation = :generation AND d.added <= :revision AND (d.removed IS NULL OR d.removed > :revision)"
"""Which documents, table `d`, stand in a revision of a generation."""

_AT_ONCE = 500


class Catalog:
    """Reading side of `index.sqlite`, and the connection its writers use; each thread has its own connection."""

    def __init__(self, folder: Path) -> None:
        """Open the catalogue in `folder`.

        :raises NoIndexError: nothing was ingested there.
        :raises IndexDamaged: the file is not a catalogue this version can read.
        :raises IndexOutOfSpace: the disk is full; SQLite writes even to read.
        """
        self.path = folder / CATALOG_FILE
        if not self.path.is_file():
            raise NoIndexError(f"There is no index in {folder}: run `rag ingest PATH`, or kb.ingest(PATH) from Python.")
        self._connections = Connections(self.path)
        try:
            with storage_errors(folder):
                row = self.connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
        except IndexProblem:
            self.close()
            raise
        if (schema := row[0] if row else None) != SCHEMA:
            self.close()
            raise IndexDamaged(f"{self.path} has schema {schema}, this version knows {SCHEMA}: upgrade silentdrift.")

    @classmethod
    def create(cls, folder: Path) -> Catalog:
        """Open the catalogue in `folder`, making an empty one where there is none."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / CATALOG_FILE
        if not path.exists():
            create_schema(path)
        return cls(folder)

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection of the calling thread, in autocommit mode."""
        return self._connections.own

    def close(self) -> None:
        """Close the connections of all threads."""
        self._connections.close()

    def check(self) -> None:
        """Read the whole file.

        :raises IndexDamaged: it is damaged.
        """
        try:
            (found,) = self.connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            found = str(error)
        if found != "ok":
            raise IndexDamaged(f"{self.path} itself is damaged ({found}): restore it, or delete it and ingest again.")

    def copy(self, folder: Path) -> None:
        """Write one state of the file to another folder, whatever is being written to it meanwhile."""
        with closing(sqlite3.connect(folder / CATALOG_FILE)) as copy:
            self.connection.backup(copy)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Hold one state of the file, whatever writers do meanwhile; within a transaction of this thread, its own."""
        if self.connection.in_transaction:
            yield self.connection
            return
        with self._connections.transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write everything or, on an exception, nothing."""
        with self._connections.transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def meta(self, key: str) -> int:
        """Return one counter: 'current' (published revision, 0 for none), 'last' (newest number given), 'draft'."""
        return int(self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0])

    def current(self) -> Revision | None:
        """Return the published revision; None before the first."""
        return self.revision(self.meta("current"))

    def earlier(self, revision: Revision) -> Revision | None:
        """Return the kept revision that was published before, if any."""
        row = self.connection.execute("SELECT max(id) FROM revisions WHERE id < ?", (revision.id,)).fetchone()
        return self.revision(row[0] or 0)

    def stamp(self) -> tuple[int, str]:
        """Return number and vector folder of the published revision, which change whenever readers must reopen."""
        row = self.connection.execute(
            "SELECT r.id, r.folder FROM revisions r JOIN meta m ON m.value = r.id WHERE m.key = 'current'"
        ).fetchone()
        return row or (0, "")

    def revision(self, number: int) -> Revision | None:
        """Return one kept revision."""
        columns = (
            "r.id, r.generation, r.folder, r.fusion, r.documents, r.chunks,"
            " g.embedder, g.space, g.dimensions, g.chunking"
        )
        row = self.connection.execute(
            f"SELECT g.canaries, r.centre, {columns} FROM revisions r JOIN generations g ON g.id = r.generation"
            " WHERE r.id = ?",
            (number,),
        ).fetchone()
        if row is None:
            return None
        facts = dict(zip((column.split(".")[1] for column in columns.split(",")), row[2:], strict=True))
        check_vectors, centre = (np.frombuffer(packed, np.float32) for packed in row[:2])
        return Revision(**facts, centre=centre, check_vectors=check_vectors.reshape(-1, facts["dimensions"]))

    def document(self, revision: Revision, source: str) -> Document | None:
        """Return the stored text of one source, with its pages and headings."""
        row = self.connection.execute(
            "SELECT d.source, e.text, e.pages, e.headings, e.media_type FROM documents d"
            f" JOIN extracts e ON e.hash = d.extract WHERE {VISIBLE} AND d.source = :source",
            {"generation": revision.generation, "revision": revision.id, "source": source},
        ).fetchone()
        return None if row is None else Document(row[0], row[1], _spans(row[2]), _spans(row[3]), row[4])

    def sources(self, revision: Revision) -> list[tuple[str, str, str]]:
        """Return source, origin and file hash of every visible document, in order of source."""
        rows: list[tuple[str, str, str]] = self.connection.execute(
            f"SELECT d.source, d.origin, d.file_hash FROM documents d WHERE {VISIBLE} ORDER BY 1",
            {"generation": revision.generation, "revision": revision.id},
        ).fetchall()
        return rows

    def media_types(self, revision: Revision) -> dict[str, int]:
        """Count the documents of each media type, as their readers gave it."""
        rows = self.connection.execute(
            "SELECT e.media_type, count(*) FROM documents d"
            f" JOIN extracts e ON e.hash = d.extract WHERE {VISIBLE} GROUP BY 1 ORDER BY 1",
            {"generation": revision.generation, "revision": revision.id},
        )
        return dict(rows.fetchall())

    def languages(self, revision: Revision) -> dict[str, int]:
        """Count the chunks of each language, most frequent first."""
        rows = self.connection.execute(
            f"SELECT c.language, count(*) FROM chunks c JOIN documents d ON d.id = c.document WHERE {VISIBLE}"
            " GROUP BY 1 ORDER BY 2 DESC, 1",
            {"generation": revision.generation, "revision": revision.id},
        )
        return dict(rows.fetchall())

    def neighbours(self, revision: Revision, source: str) -> list[Neighbour]:
        """Return the places of all passages of a source that are visible in a revision, in reading order."""
        rows = self.connection.execute(
            'SELECT c."start", c."end", c.page, c.heading FROM chunks c JOIN documents d ON d.id = c.document'
            f" WHERE d.source = :source AND {VISIBLE} ORDER BY 1, 2",
            {"source": source, "generation": revision.generation, "revision": revision.id},
        )
        return [Neighbour(*row) for row in rows]

    def passages(self, generation: int, revision: int, column: str, values: Sequence[object]) -> list[IndexedPassage]:
        """Return visible chunks by 'id' (row) or 'key'; unknown values are left out, order is that of the rows."""
        if column not in {"id", "key"}:
            raise ValueError(f"passages are found by 'id' or 'key', not {column!r}")
        found: list[IndexedPassage] = []
        for marks, batch in batches(values):
            # CROSS JOIN fixes the order: from the few chunks asked for, not through all documents of the generation.
            rows = self.connection.execute(
                'SELECT c.id, c.key, d.source, c."start", c."end", c.text, c.page, c.heading FROM chunks c'
                " CROSS JOIN documents d ON d.id = c.document"
                f" WHERE c.{column} IN ({marks}) AND d.generation = ? AND d.added <= ?"
                " AND (d.removed IS NULL OR d.removed > ?) ORDER BY c.id",
                (*batch, generation, revision, revision),
            )
            found.extend(IndexedPassage(row[0], row[1], Chunk(*row[2:])) for row in rows)
        return found

    def chunk_languages(self, generation: int, revision: int) -> list[tuple[int, str]]:
        """Return row and language of all chunks visible in a revision, in order of row."""
        rows: list[tuple[int, str]] = self.connection.execute(
            f"SELECT c.id, c.language FROM chunks c JOIN documents d ON d.id = c.document WHERE {VISIBLE} ORDER BY 1",
            {"generation": generation, "revision": revision},
        ).fetchall()
        return rows

    def vectors(self, space: str, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the cached vectors of those `keys` that have one."""
        found: dict[str, NDArray[np.float32]] = {}
        for marks, batch in batches(keys):
            rows = self.connection.execute(
                f"SELECT key, vector FROM vectors WHERE space = ? AND key IN ({marks})", (space, *batch)
            )
            found.update((key, np.frombuffer(vector, np.float16).astype(np.float32)) for key, vector in rows)
        return found

    def add_vectors(self, space: str, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep vectors by key, inside the caller's transaction; a key that has one keeps it."""
        packed = [(space, key, vector.astype(np.float16).tobytes()) for key, vector in vectors.items()]
        self.connection.executemany("INSERT OR IGNORE INTO vectors (space, key, vector) VALUES (?, ?, ?)", packed)

    def cached(self, space: str) -> set[str]:
        """Return the keys of all cached vectors of a space."""
        return {key for (key,) in self.connection.execute("SELECT key FROM vectors WHERE space = ?", (space,))}

    def keys(self, generation: int, revision: int) -> set[str]:
        """Return the keys of all chunks visible in a revision."""
        rows = self.connection.execute(
            f"SELECT DISTINCT c.key FROM chunks c JOIN documents d ON d.id = c.document WHERE {VISIBLE}",
            {"generation": generation, "revision": revision},
        )
        return {key for (key,) in rows}

    def rarest(self, generation: int, terms: Sequence[str], most: int) -> list[str]:
        """Return those `most` of `terms` that occur in the fewest chunks; terms that occur in none are left out."""
        query = f"SELECT count(*) FROM lexical_{generation:d} WHERE lexical_{generation:d} MATCH ?"
        chunks = {term: self.connection.execute(query, (f'"{term}"',)).fetchone()[0] for term in terms}
        return sorted((term for term in terms if chunks[term]), key=lambda term: chunks[term])[:most]

    def match(self, generation: int, expression: str, limit: int) -> list[tuple[int, float]]:
        """Return the rows of the chunks that match best, with their BM25 scores (higher is better), best first."""
        rows = self.connection.execute(
            f"SELECT rowid, -bm25(lexical_{generation:d}) FROM lexical_{generation:d}"
            f" WHERE lexical_{generation:d} MATCH ? ORDER BY 2 DESC, 1 LIMIT ?",
            (expression, limit),
        )
        return rows.fetchall()

    def match_rows(self, generation: int, expression: str, rows: Sequence[int]) -> dict[int, float]:
        """Return the BM25 scores of given rows; rows that do not match are left out."""
        scores: dict[int, float] = {}
        for marks, batch in batches(rows):
            # The plus keeps SQLite from asking the full-text index once per row, each time weighing all terms anew.
            found = self.connection.execute(
                f"SELECT rowid, -bm25(lexical_{generation:d}) FROM lexical_{generation:d}"
                f" WHERE lexical_{generation:d} MATCH ? AND +rowid IN ({marks})",
                (expression, *batch),
            )
            scores.update(found.fetchall())
        return scores


def copy_catalog(source: Path, target: Path) -> None:
    """Copy one state of the catalogue in `source`, which holds texts and cached vectors, to the folder `target`.

    :raises NoIndexError: there is none.
    """
    with closing(Catalog(source)) as catalog:
        catalog.copy(target)


def pack_spans(spans: Sequence[Span]) -> str:
    """Write spans as JSON."""
    return json.dumps([[span.start, span.end, span.label] for span in spans], ensure_ascii=False)


def _spans(packed: str) -> tuple[Span, ...]:
    return tuple(Span(*entry) for entry in json.loads(packed))


def batches(values: Sequence[object]) -> Iterator[tuple[str, Sequence[object]]]:
    """Yield `values` in batches that fit into one statement, each with its question marks."""
    for at in range(0, len(values), _AT_ONCE):
        batch = values[at : at + _AT_ONCE]
        yield ",".join("?" * len(batch)), batch
