"""The tables of `index.sqlite`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

SCHEMA = 1
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE generations (
    id INTEGER PRIMARY KEY, embedder TEXT NOT NULL, space TEXT NOT NULL, dimensions INTEGER NOT NULL,
    chunking TEXT NOT NULL, canaries BLOB NOT NULL, created TEXT NOT NULL);
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY, generation INTEGER NOT NULL REFERENCES generations, folder TEXT NOT NULL,
    fusion TEXT NOT NULL, centre BLOB NOT NULL, documents INTEGER NOT NULL, chunks INTEGER NOT NULL,
    published TEXT NOT NULL);
CREATE TABLE extracts (
    hash TEXT PRIMARY KEY, text TEXT NOT NULL, pages TEXT NOT NULL, headings TEXT NOT NULL, media_type TEXT NOT NULL);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, generation INTEGER NOT NULL REFERENCES generations, source TEXT NOT NULL,
    origin TEXT NOT NULL, file_hash TEXT NOT NULL, extract TEXT NOT NULL REFERENCES extracts, added INTEGER NOT NULL,
    removed INTEGER);
CREATE INDEX documents_by_source ON documents (generation, source);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents, key TEXT NOT NULL, "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL, page INTEGER, heading TEXT NOT NULL, text TEXT NOT NULL, language TEXT NOT NULL);
CREATE INDEX chunks_by_document ON chunks (document);
CREATE INDEX chunks_by_key ON chunks (key);
CREATE TABLE vectors (id INTEGER PRIMARY KEY, space TEXT NOT NULL, key TEXT NOT NULL, vector BLOB NOT NULL);
CREATE UNIQUE INDEX vectors_by_key ON vectors (space, key);
INSERT INTO meta VALUES ('schema', 1), ('current', 0), ('last', 0), ('draft', 0), ('draft_generation', 0);
"""


def create_schema(path: Path) -> None:
    """Make an empty catalogue at `path`, in write-ahead mode so that readers never wait for the writer."""
    unnamed = path.with_suffix(".new")
    unnamed.unlink(missing_ok=True)
    connection = sqlite3.connect(unnamed, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
    connection.close()
    unnamed.replace(path)
