"""Families of near duplicates as they are stored: a sketch for each text, and for each revision who belongs to whom.

The tables are made when they are first written to, so an index from before them is read as one without families. On
disk a family's rows are called `twins`, as they ever were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rag.store.catalog import VISIBLE, Catalog, batches

_TABLES = (
    "CREATE TABLE IF NOT EXISTS sketches (key TEXT PRIMARY KEY, sketch BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS twins (revision INTEGER NOT NULL, key TEXT NOT NULL, family TEXT NOT NULL,"
    " PRIMARY KEY (revision, key)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS twins_by_family ON twins (revision, family)",
)
_VISIBLE_KEYS = f"SELECT c.key FROM chunks c JOIN documents d ON d.id = c.document WHERE {VISIBLE}"
_SWITCH = "collapse_duplicates"


def families_wanted(catalog: Catalog) -> bool:
    """Tell whether near duplicates are to be collapsed."""
    row = catalog.connection.execute("SELECT value FROM meta WHERE key = ?", (_SWITCH,)).fetchone()
    return row is None or bool(row[0])


def want_families(catalog: Catalog, wanted: bool) -> None:
    """Keep whether near duplicates are to be collapsed, inside the caller's transaction."""
    catalog.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_SWITCH, int(wanted)))


def without_sketch(catalog: Catalog, keys: Sequence[str]) -> list[str]:
    """Return those of `keys` that have no sketch, in the order given."""
    held: set[str] = set()
    for marks, batch in batches(keys if _has_table(catalog, "sketches") else ()):
        rows = catalog.connection.execute(f"SELECT key FROM sketches WHERE key IN ({marks})", batch)
        held.update(key for (key,) in rows)
    return [key for key in keys if key not in held]


def visible_without_sketch(catalog: Catalog, generation: int, revision: int) -> list[str]:
    """Return the keys of the passages visible in a revision that have no sketch; without tables, these are made."""
    _make_tables(catalog)
    rows = catalog.connection.execute(
        f"SELECT key FROM ({_VISIBLE_KEYS}) EXCEPT SELECT key FROM sketches",
        {"generation": generation, "revision": revision},
    )
    return [key for (key,) in rows]


def add_sketches(catalog: Catalog, sketches: Iterable[tuple[str, bytes]]) -> None:
    """Store sketches of keys that have none, inside the caller's transaction."""
    _make_tables(catalog)
    catalog.connection.executemany("INSERT INTO sketches VALUES (?, ?)", sketches)


def read_sketches(catalog: Catalog, generation: int, revision: int) -> Iterator[tuple[str, bytes]]:
    """Return key and sketch of every text visible in a revision, in order of key."""
    return catalog.connection.execute(
        f"SELECT key, sketch FROM sketches WHERE key IN ({_VISIBLE_KEYS}) ORDER BY 1",
        {"generation": generation, "revision": revision},
    )


def read_text(catalog: Catalog, key: str) -> tuple[str, str]:
    """Return text and heading of a passage with this key."""
    text, heading = catalog.connection.execute(
        "SELECT text, heading FROM chunks WHERE key = ? LIMIT 1", (key,)
    ).fetchone()
    return text, heading


def write_families(catalog: Catalog, revision: int, members: Iterable[tuple[str, str]]) -> None:
    """Store key and family of all who belong to one in a revision, in place of those before.

    It runs inside the caller's transaction.
    """
    _make_tables(catalog)
    catalog.connection.execute("DELETE FROM twins WHERE revision = ?", (revision,))
    rows = [(revision, key, family) for key, family in members]
    catalog.connection.executemany("INSERT INTO twins VALUES (?, ?, ?)", rows)


def families_of(catalog: Catalog, revision: int, keys: Sequence[str]) -> dict[str, str]:
    """Return key and family of those of `keys` that belong to one."""
    return _lookup(catalog, revision, "key", keys)


def members_of(catalog: Catalog, revision: int, families: Sequence[str]) -> dict[str, str]:
    """Return key and family of all members of `families`."""
    return _lookup(catalog, revision, "family", families)


def forget_families(catalog: Catalog) -> None:
    """Drop what belongs to forgotten revisions and texts, inside the caller's transaction."""
    if _has_table(catalog, "twins"):
        catalog.connection.execute("DELETE FROM twins WHERE revision NOT IN (SELECT id FROM revisions)")
        catalog.connection.execute("DELETE FROM sketches WHERE key NOT IN (SELECT key FROM chunks)")


def _lookup(catalog: Catalog, revision: int, column: str, values: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for marks, batch in batches(values if _has_table(catalog, "twins") else ()):
        query = f"SELECT key, family FROM twins WHERE revision = ? AND {column} IN ({marks})"
        found.update(catalog.connection.execute(query, (revision, *batch)).fetchall())
    return found


def _make_tables(catalog: Catalog) -> None:
    for statement in _TABLES:
        catalog.connection.execute(statement)


def _has_table(catalog: Catalog, name: str) -> bool:
    return catalog.connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone() is not None
