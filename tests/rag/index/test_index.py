import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from rag.chunk.settings import ChunkSettings
from rag.errors import EmbedderError, EmbedderMismatch, IndexDamaged, NoIndexError
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.ingest.rebuild import repair, rollback
from rag.store.catalog import CATALOG_FILE
from tests.fakes import HashEmbedder

ROOT = Path(__file__).parents[3]
SETTINGS = ChunkSettings(max_tokens=40, min_characters=0)


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.md").write_text(f"# Pier {number}\n\nBerth {number} takes ships of {number * 7} metres.\n")
    return folder


@pytest.fixture
def workspace(docs, tmp_path):
    ingest([docs], tmp_path / ".rag", HashEmbedder(), chunking=SETTINGS)
    return tmp_path / ".rag"


def best(index, question, **options):
    return index.search(question, 1, **options)[0].chunk.text


def test_opening_nothing_says_what_to_run(tmp_path):
    with pytest.raises(NoIndexError, match="rag ingest"):
        Index.open(tmp_path / ".rag", HashEmbedder())


def test_another_embedder_is_refused_and_both_are_named(workspace):
    with pytest.raises(EmbedderMismatch, match=r"hash@64.*hashX@64"):
        Index.open(workspace, HashEmbedder(salt="X"))


def test_an_embedder_that_changed_behind_its_name_is_refused(workspace):
    changed = HashEmbedder(salt="X")
    changed.id = "hash@64"
    with pytest.raises(EmbedderMismatch, match=r"has changed.*cosine"):
        Index.open(workspace, changed).search("berth", 8)


def test_ingesting_with_a_changed_embedder_builds_a_generation_that_fits_it(workspace, docs):
    changed = HashEmbedder(salt="X")
    changed.id = "hash@64"
    report = ingest([docs], workspace, changed, chunking=SETTINGS)
    assert report.unchanged == 12
    index = Index.open(workspace, changed)
    assert index.generation == "g2.r2" and "Berth 7 " in best(index, "berth 7 ships", mode="dense")


def test_status_counts_what_was_ingested(workspace):
    status = Index.open(workspace).status()
    assert (status.generation, status.documents, status.chunks) == ("g1.r1", 12, 12)
    assert status.embedder == "hash@64" and status.languages == {"en": 12}


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_every_mode_finds_the_passage(workspace, mode):
    assert "Berth 7 " in best(Index.open(workspace, HashEmbedder()), "Berth 7 pier 7 ships", mode=mode)


def test_hits_carry_both_ranks_and_descending_scores(workspace):
    hits = Index.open(workspace, HashEmbedder()).search("berth 7 ships", 12)
    assert len(hits) == 12 and hits[0].dense_rank == 1 and hits[0].lexical_rank == 1
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_without_an_embedder_only_lexical_search_works(workspace):
    index = Index.open(workspace)
    assert "Berth 3 " in best(index, "berth 3", mode="lexical")
    with pytest.raises(EmbedderError, match="without an embedder"):
        index.search("berth 3", 8)


def test_the_stored_document_holds_every_hit_at_its_span(workspace):
    index = Index.open(workspace, HashEmbedder())
    for hit in index.search("berth ships metres", 12):
        assert index.document(hit.chunk.source).text[hit.chunk.start : hit.chunk.end] == hit.chunk.text
    with pytest.raises(KeyError):
        index.document("nowhere.md")


def test_a_question_of_nothing_known_returns_no_lexical_hits(workspace):
    index = Index.open(workspace, HashEmbedder())
    assert index.search("", 8, mode="lexical") == [] and index.search("zyzzyva", 8, mode="lexical") == []
    assert len(index.search("", 5)) == 5


def test_a_given_query_vector_is_used(workspace):
    index = Index.open(workspace, HashEmbedder())
    vector = HashEmbedder().embed(["Berth 9 pier 9"])[0]
    assert "Berth 9 " in best(index, "", mode="dense", query_vector=vector)


def test_search_agrees_with_exact_cosines(workspace):
    index, embedder = Index.open(workspace, HashEmbedder()), HashEmbedder()
    hits = index.search("pier 4 ships", 12, mode="dense")
    texts = [f"{hit.chunk.heading}\n{hit.chunk.text}" for hit in hits]
    exact = embedder.embed(texts) @ embedder.embed(["pier 4 ships"])[0]
    assert np.allclose([hit.score for hit in hits], exact, atol=2e-3)


ADD = """
import sys
from pathlib import Path
from rag.chunk import ChunkSettings
from rag.ingest import ingest
from tests.fakes import HashEmbedder
cut = ChunkSettings(max_tokens=40, min_characters=0)
ingest([Path(sys.argv[1])], Path(sys.argv[2]), HashEmbedder(), chunking=cut, prune=True)
"""


def test_a_reader_sees_at_once_what_another_process_ingests(workspace, docs):
    index = Index.open(workspace, HashEmbedder())
    assert "zeppelin" not in best(index, "zeppelin mast", mode="dense")
    (docs / "new.md").write_text("The zeppelin mast stands north.")
    (docs / "7.md").unlink()
    subprocess.run([sys.executable, "-c", ADD, str(docs), str(workspace)], cwd=ROOT, check=True)
    for mode in ("dense", "lexical", "hybrid"):
        assert "zeppelin" in best(index, "zeppelin mast", mode=mode)
        assert not any("Berth 7 " in hit.chunk.text for hit in index.search("berth 7 pier 7", 12, mode=mode))
    assert index.generation == "g1.r2"


def test_searching_from_threads_while_ingesting_never_fails(workspace, docs):
    index, failures, stop = Index.open(workspace, HashEmbedder()), [], threading.Event()

    def ask():
        while not stop.is_set():
            try:
                assert len(index.search("berth 3 ships", 3)) == 3
            except Exception as error:
                failures.append(error)
                return

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(4):
        (docs / "new.md").write_text(f"Visitor {number} came by boat.")
        ingest([docs], workspace, HashEmbedder(), chunking=SETTINGS)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []


def test_rollback_returns_to_the_former_content(workspace, docs):
    index = Index.open(workspace, HashEmbedder())
    before = index.search("berth 7 ships", 12)
    (docs / "7.md").write_text("Nothing here any more.")
    (docs / "8.md").unlink()
    (docs / "new.md").write_text("Berth 7 was sold.")
    ingest([docs], workspace, HashEmbedder(), chunking=SETTINGS, prune=True)
    assert index.search("berth 7 ships", 12) != before
    assert rollback(workspace) == "g1.r1"
    assert index.search("berth 7 ships", 12) == before
    with pytest.raises(NoIndexError, match="no earlier"):
        rollback(workspace)


def test_after_a_rollback_ingest_brings_the_new_content_again_under_a_new_name(workspace, docs):
    (docs / "new.md").write_text("Berth 7 was sold.")
    ingest([docs], workspace, HashEmbedder(), chunking=SETTINGS)
    rollback(workspace)
    report = ingest([docs], workspace, HashEmbedder(), chunking=SETTINGS)
    index = Index.open(workspace, HashEmbedder())
    assert report.added == 1 and index.generation == "g1.r3" and "sold" in best(index, "berth 7 was sold")


def test_rollback_returns_to_the_former_generation(workspace, docs):
    before = Index.open(workspace, HashEmbedder()).search("berth 7 ships", 12)
    ingest([docs], workspace, HashEmbedder(salt="X"), chunking=SETTINGS)
    assert Index.open(workspace, HashEmbedder(salt="X")).generation == "g2.r2"
    rollback(workspace)
    assert Index.open(workspace, HashEmbedder()).search("berth 7 ships", 12) == before


ASK = """
import sys
from pathlib import Path
from rag.index import Index
from tests.fakes import HashEmbedder
Index.open(Path(sys.argv[1]), HashEmbedder()).search("x", 8)
"""


def damage_nothing_left(folder):
    shutil.rmtree(folder)


def damage_database(folder):
    for file in folder.rglob("chroma.sqlite3"):
        file.write_bytes(b"not a database" * 100)


@pytest.mark.parametrize("damage", [damage_nothing_left, damage_database])
def test_damaged_vectors_are_told_and_repaired_without_embedding(workspace, damage):
    before = Index.open(workspace, HashEmbedder()).search("berth 7 ships", 12)
    damage(workspace / "chroma")
    command = [sys.executable, "-c", ASK, str(workspace)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "IndexDamaged" in told.stderr and "rag repair" in told.stderr
    assert repair(workspace).embedded == 0
    index = Index.open(workspace, HashEmbedder())
    assert [(hit.chunk, round(hit.score, 5)) for hit in index.search("berth 7 ships", 12)] == [
        (hit.chunk, round(hit.score, 5)) for hit in before
    ]


def test_vectors_missing_from_the_catalogue_are_embedded_again(workspace):
    import sqlite3

    with sqlite3.connect(workspace / CATALOG_FILE) as connection:
        connection.execute("DELETE FROM vectors WHERE id <= 5")
    connection.close()
    with pytest.raises(IndexDamaged, match="5 of 12 vectors are missing"):
        repair(workspace)
    assert repair(workspace, HashEmbedder()).embedded == 5


def test_a_catalogue_that_is_no_database_is_told(tmp_path):
    (tmp_path / CATALOG_FILE).write_bytes(b"garbage" * 1000)
    with pytest.raises(IndexDamaged, match="cannot be read"):
        Index.open(tmp_path)
