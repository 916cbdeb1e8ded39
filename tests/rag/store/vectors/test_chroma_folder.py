import subprocess
import sys

import numpy as np

from rag.store.vectors.chroma_folder import ChromaFolder


def unit(count, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, 32)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def names(count):
    return [f"k{number}" for number in range(count)]


def make(folder, vectors):
    folder.mkdir()
    store = ChromaFolder.create(folder, "model")
    assert store.write(names(len(vectors)), list(vectors), []) == len(vectors)
    return store


def files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_a_reader_leaves_the_index_files_as_they_are(tmp_path):
    vectors = unit(150)
    make(tmp_path / "a", vectors[:149]).close()
    store = ChromaFolder.open(tmp_path / "a", "model")
    store.write(["k149"], [vectors[149]], ["k0"])
    store.close()
    before = files(tmp_path / "a")
    reader = ChromaFolder.open(tmp_path / "a", "model")
    reader.nearest(vectors[5], 10)
    reader.close()
    changed = {path.name for path, when in files(tmp_path / "a").items() if before.get(path) != when}
    assert changed <= {"chroma.sqlite3"}


def test_a_copy_holds_the_same_and_grows_apart(tmp_path):
    vectors = unit(20)
    make(tmp_path / "a", vectors).close()
    assert ChromaFolder.copy(tmp_path / "a", tmp_path / "b")
    copy = ChromaFolder.open(tmp_path / "b", "model")
    assert copy.write([], [], ["k7"]) == 19
    assert ChromaFolder.open(tmp_path / "a", "model").nearest(vectors[7], 1)[0][0] == "k7"


def test_chroma_is_imported_ahead_once_and_the_import_is_over_when_the_work_is():
    code = """
import sys, threading
from pathlib import Path
from rag.store.vectors.stores import importing_ahead
assert "chromadb" not in sys.modules
with importing_ahead(Path("nowhere")) as begin:
    begin()
    begin()
    assert sum(thread.name == "import chromadb" for thread in threading.enumerate()) == 1
assert "chromadb" in sys.modules and threading.active_count() == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
