import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from rag.chunk.settings import ChunkSettings
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.ingest.rebuild import rollback
from rag.store.catalog import CATALOG_FILE
from tests.fakes import HashEmbedder

ROOT = Path(__file__).parents[3]
OLD, NEW = ChunkSettings(max_tokens=40, min_characters=0), ChunkSettings(max_tokens=60, min_characters=0)


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.md").write_text(f"# Pier {number}\n\nBerth {number} takes ships of {number * 7} metres.\n")
    return folder


@pytest.fixture
def folder(docs, tmp_path):
    ingest([docs], tmp_path / ".rag", HashEmbedder(), chunking=OLD)
    return tmp_path / ".rag"


def published(folder, embedder=None):
    index = Index.open(folder, embedder or HashEmbedder())
    try:
        return index.generation, index.search("berth 3 ships", 1)[0].chunk.text
    finally:
        index.close()


def refuse(index):
    return "Not good enough."


def test_an_accepted_index_is_published(folder, docs):
    report = ingest([docs], folder, HashEmbedder(), chunking=NEW, accept=lambda index: None)
    assert report.refused == "" and published(folder)[0] == "g2.r2"


def test_a_refused_index_leaves_the_former_one_published_and_searchable(folder, docs):
    before = published(folder)
    report = ingest([docs], folder, HashEmbedder(), chunking=NEW, accept=refuse)
    assert report.refused == "Not good enough." and report.chunks == 6
    assert published(folder) == before


def test_what_accept_sees_is_the_new_index_beside_the_published_one(folder, docs):
    seen = []

    def look(index):
        seen.append((index.generation, index.search("berth 3 ships", 1)[0].chunk.text, published(folder)[0]))
        return None

    ingest([docs], folder, HashEmbedder(), chunking=NEW, accept=look)
    assert [(new, old) for new, _, old in seen] == [("g2.r2", "g1.r1")] and "Berth 3 " in seen[0][1]


def test_a_refused_index_is_published_later_without_embedding_again(folder, docs):
    ingest([docs], folder, HashEmbedder(salt="X"), chunking=OLD, accept=refuse)
    embedder = HashEmbedder(salt="X")
    report = ingest([docs], folder, embedder, chunking=OLD)
    assert report.unchanged == 6 and published(folder, HashEmbedder(salt="X"))[0] == "g2.r2"
    # The embedder check, and question and rest of each passage that weighs both sides; no passage itself.
    assert embedder.embedded <= 16 + 2 * 6


def test_going_back_to_the_former_settings_drops_the_refused_index(folder, docs):
    ingest([docs], folder, HashEmbedder(), chunking=NEW, accept=refuse)
    (docs / "7.md").write_text("# Pier 7\n\nBerth 7 takes tugs.\n")
    report = ingest([docs], folder, HashEmbedder(), chunking=OLD, accept=refuse)
    assert (report.added, report.unchanged, report.refused) == (1, 6, "")
    assert published(folder)[0].startswith("g1.") and len(list((folder / "chroma").iterdir())) == 2
    rollback(folder)
    assert published(folder)[0] == "g1.r1"


def test_an_ingest_that_changes_only_documents_asks_nobody(folder, docs):
    (docs / "7.md").write_text("# Pier 7\n\nBerth 7 takes tugs.\n")
    assert ingest([docs], folder, HashEmbedder(), chunking=OLD, accept=refuse).refused == ""


def test_the_first_index_asks_nobody(docs, tmp_path):
    assert ingest([docs], tmp_path / "first", HashEmbedder(), chunking=OLD, accept=refuse).refused == ""


def test_an_accept_that_breaks_publishes_nothing(folder, docs):
    def broken(index):
        raise RuntimeError("no cases")

    before = published(folder)
    with pytest.raises(RuntimeError, match="no cases"):
        ingest([docs], folder, HashEmbedder(), chunking=NEW, accept=broken)
    assert published(folder) == before


CHILD = """
import os, signal, sys
from pathlib import Path
from rag.chunk import ChunkSettings
from rag.ingest import ingest
from tests.fakes import HashEmbedder
docs, folder = map(Path, sys.argv[1:])
def die(index):
    index.search("berth 3 ships", 1)
    os.kill(os.getpid(), signal.SIGKILL)
ingest([docs], folder, HashEmbedder(), chunking=ChunkSettings(max_tokens=60, min_characters=0), accept=die)
"""


def test_a_process_killed_while_it_compares_has_changed_nothing(folder, docs):
    before = published(folder)
    died = subprocess.run([sys.executable, "-c", CHILD, str(docs), str(folder)], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    assert published(folder) == before
    with sqlite3.connect(folder / CATALOG_FILE) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    report = ingest([docs], folder, HashEmbedder(), chunking=NEW, accept=lambda index: None)
    assert report.unchanged == 6 and published(folder)[0] == "g2.r2"
    shutil.rmtree(folder)
