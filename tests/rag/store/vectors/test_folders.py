"""Folders of vectors: written whole or not at all, copied with the catalogue, restored beside the old one."""

import sqlite3

import pytest

from rag.errors import IndexDamaged, NoIndexError
from rag.index.index import Index
from rag.ingest.rebuild import rollback
from rag.store.catalog import CATALOG_FILE, Catalog
from rag.store.vectors.folders import VECTORS, VectorSource, copy_index, rebuild_vectors, restore_vectors
from tests.fakes import HashEmbedder
from tests.faults.children import content, ingest_here, write_docs


@pytest.fixture
def index(tmp_path):
    docs = write_docs(tmp_path / "docs", 12)
    ingest_here(docs, tmp_path / ".rag")
    (docs / "3.txt").write_text("Berth 3 is closed.")
    ingest_here(docs, tmp_path / ".rag")
    return tmp_path / ".rag"


def first(folder, question):
    opened = Index.open(folder, HashEmbedder())
    try:
        return opened.search(question, 1, mode="dense")[0].chunk.text
    finally:
        opened.close()


def test_a_copy_goes_its_own_way_and_the_original_stays(index, tmp_path):
    before, copy = content(index), tmp_path / "copy"
    copy.mkdir()
    copy_index(index, copy)
    assert content(copy) == before and first(copy, "Berth 3 is closed") == "Berth 3 is closed."
    assert rollback(copy) == "g1.r1"
    assert "21 metres" in first(copy, "Berth 3 takes ships of 21 metres")
    assert content(index) == before and first(index, "Berth 3 is closed") == "Berth 3 is closed."


def test_nothing_is_copied_where_there_is_no_index(tmp_path):
    with pytest.raises(NoIndexError, match="rag ingest PATH"):
        copy_index(tmp_path, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_vectors_are_restored_beside_those_there_are(index):
    catalog = Catalog(index)
    names = [restore_vectors(catalog, index, catalog.current()) for _ in range(2)]
    catalog.close()
    assert names == [f"{VECTORS}/r2-1", f"{VECTORS}/r2-2"] and (index / VECTORS / "r2").is_dir()


def test_a_folder_that_cannot_be_finished_is_not_left_behind(index):
    with sqlite3.connect(index / CATALOG_FILE) as connection:
        connection.execute("DELETE FROM vectors WHERE id = 1")
    connection.close()
    catalog = Catalog(index)
    current = catalog.current()
    wanted = catalog.keys(current.generation, current.id) | {"no such text"}
    with pytest.raises(IndexDamaged, match="vectors are missing"):
        rebuild_vectors(VectorSource(catalog, current.space, current.embedder), index / VECTORS / "new", wanted)
    catalog.close()
    assert not (index / VECTORS / "new").exists()
