"""Near-duplicate passages: found when a revision is published, collapsed when it is searched.

The same passage often stands in several files, as boilerplate or as versions of one document, and would fill the whole
result of a search. Each revision therefore stores its families of near-duplicates. A family has a leader, and all its
members are like the leader itself. So no chain of small changes joins texts which are far apart.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from data.records import Chunk, Hit
from rag.chunk import passage_key
from rag.index.minhash import BANDS, SAME, bucket_codes, buckets, shingles, similarity, sketch
from rag.store import Catalog, IndexedPassage, Revision, Selection

_TABLES = (
    "CREATE TABLE IF NOT EXISTS sketches (key TEXT PRIMARY KEY, sketch BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS twins (revision INTEGER NOT NULL, key TEXT NOT NULL, family TEXT NOT NULL,"
    " PRIMARY KEY (revision, key)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS twins_by_family ON twins (revision, family)",
)
_VISIBLE = "d.generation = :generation AND d.added <= :revision AND (d.removed IS NULL OR d.removed > :revision)"
_LEADERS_TRIED = 20
"""How many leaders of one bucket a text is compared with: a bound for corpora of form letters."""
_SWITCH = "collapse_duplicates"
_AT_ONCE = 500
_SETS_KEPT = 1000


def switch_twins(catalog: Catalog, wanted: bool) -> None:
    """Collapse near-duplicates from now on, or leave each a hit of its own; the published revision follows at once."""
    if _wanted(catalog.connection) == wanted:
        return
    with catalog.writing() as connection:
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_SWITCH, int(wanted)))
        current = catalog.current()
        if current is not None:
            record_twins(catalog, current.generation, current.id)


def record_twins(catalog: Catalog, generation: int, revision: int) -> None:
    """Store the families of near-duplicates of a revision, inside the caller's transaction; none when switched off.

    They follow from the texts alone, whatever the steps in which the index was built.
    """
    connection = catalog.connection
    for statement in _TABLES:
        connection.execute(statement)
    if not _wanted(connection):
        connection.execute("DELETE FROM twins WHERE revision = ?", (revision,))
        return
    at = {"generation": generation, "revision": revision}
    visible = f"SELECT c.key FROM chunks c JOIN documents d ON d.id = c.document WHERE {_VISIBLE}"
    new = connection.execute(f"SELECT key FROM ({visible}) EXCEPT SELECT key FROM sketches", at).fetchall()
    connection.executemany("INSERT INTO sketches VALUES (?, ?)", _sketches(connection, [key for (key,) in new]))
    every = f"SELECT key, sketch FROM sketches WHERE key IN ({visible}) ORDER BY 1"
    alike = _sharing_a_bucket(lambda: connection.execute(every, at))
    connection.execute("DELETE FROM twins WHERE revision = ?", (revision,))
    connection.executemany(
        "INSERT INTO twins VALUES (?, ?, ?)",
        [(revision, key, leader) for key, leader in _families(alike, _shingle_reader(connection))],
    )


def sketch_ahead(connection: sqlite3.Connection, chunks: Mapping[str, Chunk]) -> None:
    """Sketch passages given by key before their revision is published, inside the caller's transaction.

    The embedder is at work then, and the writer of the index would wait for it.
    """
    for statement in _TABLES:
        connection.execute(statement)
    if _wanted(connection):
        held = "SELECT 1 FROM sketches WHERE key = ?"
        new = (key for key in chunks if connection.execute(held, (key,)).fetchone() is None)
        rows = [(key, sketch(chunks[key].text, chunks[key].heading)) for key in new]
        connection.executemany("INSERT INTO sketches VALUES (?, ?)", rows)


def _sketches(connection: sqlite3.Connection, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for key in keys:
        text, heading = connection.execute("SELECT text, heading FROM chunks WHERE key = ? LIMIT 1", (key,)).fetchone()
        yield key, sketch(text, heading)


def _shingle_reader(connection: sqlite3.Connection) -> Callable[[str], frozenset[str]]:
    """Return what gives the shingles of a passage by key: only those used last are kept, as all of them are large."""

    @lru_cache(maxsize=_SETS_KEPT)
    def read(key: str) -> frozenset[str]:
        return shingles(connection.execute("SELECT text FROM chunks WHERE key = ? LIMIT 1", (key,)).fetchone()[0])

    return read


def forget_twins(connection: sqlite3.Connection) -> None:
    """Drop what belongs to forgotten revisions and texts, inside the caller's transaction."""
    if _recorded(connection):
        connection.execute("DELETE FROM twins WHERE revision NOT IN (SELECT id FROM revisions)")
        connection.execute("DELETE FROM sketches WHERE key NOT IN (SELECT key FROM chunks)")


def collapse(
    connection: sqlite3.Connection, visible: Catalog | Selection, revision: Revision, hits: Sequence[Hit], k: int
) -> list[Hit]:
    """Return the best `k` of `hits`, of each family those of one source, with the other sources that hold the passage.

    The best hit of a family decides which source that is: the question chooses between versions. Within one source
    equal words at two places mean two things ("Level 1 > Throttling", "Level 2 > Throttling"): these stay apart. Only
    sources in `visible`, what the search was allowed to see, are named.
    """
    keys = [passage_key(hit.chunk) for hit in hits]
    families = _lookup(connection, revision.id, "key", keys)
    home: dict[str, str] = {}
    kept: list[tuple[str, Hit]] = []
    for key, hit in zip(keys, hits, strict=True):
        family = families.get(key, key)
        if len(kept) < k and home.setdefault(family, hit.chunk.source) == hit.chunk.source:
            kept.append((family, hit))
    named = {family for family, _ in kept}
    members = _lookup(connection, revision.id, "family", sorted(named))
    members |= {key: families.get(key, key) for key in keys if families.get(key, key) in named}
    places = visible.passages(revision.generation, revision.id, "key", list(members))
    return [_with_places(hit, family, members, places) for family, hit in kept]


def _with_places(hit: Hit, family: str, members: dict[str, str], places: Sequence[IndexedPassage]) -> Hit:
    sources = {place.chunk.source for place in places if members[place.key] == family}
    return replace(hit, also_in=tuple(sorted(sources - {hit.chunk.source})))


def _sharing_a_bucket(rows: Callable[[], sqlite3.Cursor]) -> dict[str, bytes]:
    """Return the sketches that share a bucket with another, in the order given; `rows` are read twice, not held."""
    cursor, blocks = rows(), [np.empty((0, BANDS), np.uint64)]
    while batch := cursor.fetchmany(_AT_ONCE):
        blocks.append(bucket_codes([packed for _, packed in batch]))
    codes = np.concatenate(blocks)
    shared = np.zeros(len(codes), bool)
    for band in range(BANDS):
        _, place, count = np.unique(codes[:, band], return_inverse=True, return_counts=True)
        shared |= count[place] > 1
    return {key: packed for (key, packed), wanted in zip(rows(), shared, strict=True) if wanted}


def _families(sketches: dict[str, bytes], shingles_of: Callable[[str], frozenset[str]]) -> Iterator[tuple[str, str]]:
    """Yield key and leader for every member of a family of two or more, the leader included."""
    leaders: dict[bytes, list[str]] = defaultdict(list)
    families: dict[str, list[str]] = {}
    for key, packed in sketches.items():
        own, met = shingles_of(key), list(buckets(packed))
        tried = dict.fromkeys(leader for bucket in met for leader in leaders[bucket][:_LEADERS_TRIED])
        leader = next((other for other in tried if similarity(own, shingles_of(other)) >= SAME), key)
        families.setdefault(leader, []).append(key)
        if leader == key:
            for bucket in met:
                leaders[bucket].append(key)
    for leader, members in families.items():
        if len(members) > 1:
            yield from ((member, leader) for member in members)


def _lookup(connection: sqlite3.Connection, revision: int, column: str, values: Sequence[str]) -> dict[str, str]:
    """Return key and family of the twins whose `column` is one of `values`; nothing in an index that records none."""
    found: dict[str, str] = {}
    for at in range(0, len(values) if _recorded(connection) else 0, _AT_ONCE):
        batch = values[at : at + _AT_ONCE]
        marks = ",".join("?" * len(batch))
        found.update(
            connection.execute(
                f"SELECT key, family FROM twins WHERE revision = ? AND {column} IN ({marks})", (revision, *batch)
            ).fetchall()
        )
    return found


def _wanted(connection: sqlite3.Connection) -> bool:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_SWITCH,)).fetchone()
    return row is None or bool(row[0])


def _recorded(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'twins'").fetchone() is not None
