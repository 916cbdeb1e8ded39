"""The life of an index on every kind of vector store: ingested, searched, changed, damaged, repaired, taken back."""

import shutil

import pytest

from rag.chunk.settings import ChunkSettings
from rag.errors import IndexDamaged
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.ingest.rebuild import repair, rollback
from rag.store.filters import Filter
from rag.store.settings import VectorsSettings
from rag.store.vectors.folders import VECTORS
from rag.store.vectors.stores import place_vectors
from tests.fakes import HashEmbedder


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number}.md").write_text(f"# Pier {number}\n\nBerth {number} takes ships of {number * 7} metres.\n")
    return folder


def run(docs, index, embedder=None):
    return ingest(
        [docs], index, embedder or HashEmbedder(), chunking=ChunkSettings(max_tokens=40, min_characters=0), prune=True
    )


def dense(index, question="berth 7 ships", **options):
    opened = Index.open(index, HashEmbedder())
    try:
        hits = opened.search(question, 5, mode="dense", **options)
        return [(hit.chunk.text, round(hit.score, 3)) for hit in hits]
    finally:
        opened.close()


def folders(index):
    return sorted(path.name for path in (index / VECTORS).iterdir())


def test_what_was_ingested_is_found_as_in_a_chroma_folder(docs, index, tmp_path):
    assert run(docs, index).chunks == 30
    run(docs, tmp_path / "folder")
    assert dense(index) == dense(tmp_path / "folder")
    assert dense(index, where=Filter(("*/7.md",)))[0][0].endswith("Berth 7 takes ships of 49 metres.")


def test_a_changed_document_is_found_and_its_former_text_is_not(docs, index):
    run(docs, index)
    (docs / "7.md").write_text("# Pier 7\n\nThe lighthouse keeper wakes at four.\n")
    (docs / "8.md").unlink()
    report = run(docs, index)
    assert (report.changed, report.removed, report.unchanged) == (1, 1, 28)
    found = dense(index, "lighthouse keeper")
    assert "lighthouse keeper" in found[0][0] and not any("Berth 7 " in text for text, _ in dense(index))


def test_an_open_reader_sees_what_is_published(docs, index):
    run(docs, index)
    reader = Index.open(index, HashEmbedder())
    reader.search("berth 3", 1)
    (docs / "new.md").write_text("The zeppelin mast stands north.\n")
    run(docs, index)
    assert "zeppelin" in reader.search("zeppelin mast", 1, mode="dense")[0].chunk.text
    reader.close()


def test_a_rollback_returns_to_the_former_vectors_without_embedding(docs, index):
    run(docs, index)
    before = dense(index)
    (docs / "7.md").write_text("# Pier 7\n\nClosed.\n")
    run(docs, index)
    assert dense(index) != before
    assert rollback(index) == "g1.r1"
    assert dense(index) == before


def test_two_revisions_are_kept_and_older_vectors_go(docs, index):
    for number in range(4):
        (docs / "pets.md").write_text(f"Dogs pay {number} crowns.\n")
        run(docs, index)
    assert folders(index) == ["r3", "r4"]


def test_lost_vectors_are_told_and_repaired_without_embedding(docs, index):
    run(docs, index)
    before = dense(index)
    shutil.rmtree(index / VECTORS / "r1")
    with pytest.raises(IndexDamaged, match="rag repair"):
        dense(index)
    assert repair(index).embedded == 0
    assert dense(index) == before


def test_an_ingest_over_lost_vectors_builds_them_anew(docs, index):
    run(docs, index)
    shutil.rmtree(index / VECTORS / "r1")
    (docs / "new.md").write_text("The zeppelin mast stands north.\n")
    embedder = HashEmbedder()
    run(docs, index, embedder)
    assert "zeppelin" in dense(index, "zeppelin mast")[0][0] and len(dense(index)) == 5


def test_repair_moves_an_index_to_chroma_folders_and_back(docs, index, kind, request):
    run(docs, index)
    before = dense(index)
    url = request.getfixturevalue("chroma_url") if kind == "chroma-server" else ""
    for placement in (VectorsSettings(), VectorsSettings(url, store=kind)):
        place_vectors(index, placement)
        assert dense(index) == before
        repair(index)
        assert dense(index) == before


def test_the_next_ingest_moves_to_where_the_settings_say(docs, index, kind, tmp_path):
    moved = tmp_path / "moved"
    run(docs, moved)
    shutil.copy(index / "vectors.json", moved) if (index / "vectors.json").exists() else None
    (docs / "new.md").write_text("The zeppelin mast stands north.\n")
    run(docs, moved)
    assert "zeppelin" in dense(moved, "zeppelin mast")[0][0]
    rollback(moved)
    assert len(dense(moved)) == 5
