"""An index that may only be read, on a read-only disk or in somebody else's folder, is searched and asked as ever."""

import gc
import shutil
import sqlite3
import subprocess
import sys

import pytest

from rag.errors import IndexBusy
from rag.index.index import Index
from rag.store.catalog import CATALOG_FILE
from tests.fakes import HashEmbedder
from tests.faults.children import INGEST, ROOT, SEARCH, ingest_here, run, write_docs
from tests.faults.rights import powerless, protect, unprotect
from tests.waiting import until

QUESTION = "Berth 3 takes ships of 21 metres"


def listing(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.fixture
def workspace(tmp_path):
    docs = write_docs(tmp_path / "docs", 20)
    ingest_here(docs, tmp_path / ".rag")
    yield tmp_path / ".rag"
    unprotect(tmp_path / ".rag")


def test_an_index_that_may_not_be_written_is_searched_and_left_as_it_is(workspace):
    protect(workspace)
    before = listing(workspace)
    found = run(SEARCH, workspace, QUESTION, prefix=powerless())
    assert "21 metres" in found.stdout, found.stderr
    assert listing(workspace) == before


def remount_read_only(disk):
    """Remount as soon as the files that this process wrote are closed: some are closed by the garbage collector."""

    def remounted():
        gc.collect()
        done = subprocess.run(["mount", "-o", "remount,ro", disk], capture_output=True, text=True, check=False)
        refused[:] = [done.stderr]
        return done.returncode == 0

    refused = [""]
    until(remounted, told=lambda: refused[0])


def test_a_read_only_mount_is_searched(disk, tmp_path):
    ingest_here(write_docs(tmp_path / "docs", 20), disk / ".rag")
    remount_read_only(disk)
    found = run(SEARCH, disk / ".rag", QUESTION)
    assert "21 metres" in found.stdout, found.stderr


def test_what_a_killed_writer_left_in_its_log_is_read_too(workspace):
    with sqlite3.connect(workspace / CATALOG_FILE) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("UPDATE chunks SET text = replace(text, '21 metres', '22 metres')")
        connection.commit()
        shutil.copytree(workspace, workspace.parent / "killed")
    connection.close()
    (workspace.parent / "killed" / f"{CATALOG_FILE}-shm").unlink()
    protect(workspace.parent / "killed")
    found = run(SEARCH, workspace.parent / "killed", QUESTION, prefix=powerless())
    unprotect(workspace.parent / "killed")
    assert "22 metres" in found.stdout, found.stderr


READER = """
import sys
from pathlib import Path
from rag.index import Index
from tests.fakes import HashEmbedder
index = Index.open(Path(sys.argv[1]), HashEmbedder())
for line in sys.stdin:
    print(index.search(line, 1)[0].chunk.text, flush=True)
"""


def test_a_reader_without_rights_sees_what_the_owner_publishes(workspace):
    docs = workspace.parent / "docs"
    protect(workspace)
    command = [*powerless(), sys.executable, "-c", READER, str(workspace)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        for text in ("Berth 3 takes ships of 21 metres.", "The zeppelin mast stands north.", "Seals sleep at berth 9."):
            if "21 metres" not in text:
                unprotect(workspace)
                (docs / "new.txt").write_text(text)
                ingest_here(docs, workspace)
                protect(workspace)
            reader.stdin.write(f"{text}\n")
            reader.stdin.flush()
            assert reader.stdout.readline().startswith(text)
        reader.stdin.close()


def test_a_file_written_to_while_it_was_thought_to_be_at_rest_is_never_trusted(workspace, monkeypatch):
    monkeypatch.setattr("rag.store.connections.may_write", lambda path: path.suffix != ".sqlite")
    index = Index.open(workspace, HashEmbedder())
    catalog = index._catalog
    with pytest.raises(IndexBusy, match="was written to while it was read: ask again"), catalog.reading():
        with sqlite3.connect(workspace / CATALOG_FILE) as connection:
            connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'last'")
        connection.close()
    assert "21 metres" in index.search(QUESTION, 1)[0].chunk.text


def test_writing_is_refused_in_one_sentence(workspace):
    protect(workspace)
    failed = run(INGEST, workspace.parent / "docs", workspace, 0, prefix=powerless())
    assert failed.returncode == 1 and "can be searched, but not written to" in failed.stderr
    assert len(failed.stderr.splitlines()) == 1
