import subprocess
import sys

import numpy as np
import pytest

from rag.errors import IndexDamaged
from rag.store.chroma import VectorStore, copy_folder


def unit(count, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, 32)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def names(count):
    return [f"k{number}" for number in range(count)]


def make(folder, vectors):
    folder.mkdir()
    store = VectorStore(folder, "model", create=True)
    assert store.write(names(len(vectors)), list(vectors), []) == len(vectors)
    return store


def files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_nearest_agrees_with_exact_search(tmp_path):
    vectors, questions = unit(500), unit(20, seed=1)
    store = make(tmp_path / "a", vectors)
    for question in questions:
        exact = np.argsort(-(vectors @ question))[:10]
        found = store.nearest(question, 10)
        assert len({f"k{at}" for at in exact} & {key for key, _ in found}) >= 9
        assert [cosine for _, cosine in found] == sorted((cosine for _, cosine in found), reverse=True)
        assert found[0][1] == pytest.approx(float((vectors @ question).max()), abs=1e-3)


def test_more_vectors_than_chroma_takes_at_once_are_all_kept(tmp_path):
    vectors = unit(6000)
    store = make(tmp_path / "a", vectors)
    assert store.nearest(vectors[5999], 1)[0][0] == "k5999"


def test_writing_a_key_again_replaces_its_vector(tmp_path):
    vectors = unit(10)
    store = make(tmp_path / "a", vectors)
    assert store.write(["k0"], [-vectors[0]], []) == 10
    assert store.nearest(-vectors[0], 1)[0] == ("k0", pytest.approx(1.0, abs=1e-5))


def test_deleted_vectors_are_never_found(tmp_path):
    vectors = unit(50)
    store = make(tmp_path / "a", vectors)
    assert store.write([], [], ["k3", "k4"]) == 48
    assert not {"k3", "k4"} & {key for key, _ in store.nearest(vectors[3], 50)}


def test_a_reader_leaves_the_index_files_as_they_are(tmp_path):
    vectors = unit(150)
    make(tmp_path / "a", vectors[:149]).close()
    store = VectorStore(tmp_path / "a", "model")
    store.write(["k149"], [vectors[149]], ["k0"])
    store.close()
    before = files(tmp_path / "a")
    reader = VectorStore(tmp_path / "a", "model")
    reader.nearest(vectors[5], 10)
    reader.close()
    changed = {path.name for path, when in files(tmp_path / "a").items() if before.get(path) != when}
    assert changed <= {"chroma.sqlite3"}


def test_a_copy_holds_the_same_and_grows_apart(tmp_path):
    vectors = unit(20)
    make(tmp_path / "a", vectors).close()
    copy_folder(tmp_path / "a", tmp_path / "b")
    copy = VectorStore(tmp_path / "b", "model")
    assert copy.write([], [], ["k7"]) == 19
    assert VectorStore(tmp_path / "a", "model").nearest(vectors[7], 1)[0][0] == "k7"


def test_an_empty_store_finds_nothing(tmp_path):
    assert make(tmp_path / "a", unit(0)).nearest(unit(1)[0], 5) == []


def test_vectors_of_another_embedder_are_refused(tmp_path):
    make(tmp_path / "a", unit(3)).close()
    with pytest.raises(IndexDamaged, match=r"'model'.*'other'.*rag repair"):
        VectorStore(tmp_path / "a", "other")


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(IndexDamaged, match="rag repair"):
        VectorStore(tmp_path / "nowhere", "model")


def test_chroma_is_imported_ahead_once_and_the_import_is_over_when_the_work_is():
    code = """
import sys, threading
from rag.store.chroma import importing_ahead
assert "chromadb" not in sys.modules
with importing_ahead() as begin:
    begin()
    begin()
    assert sum(thread.name == "import chromadb" for thread in threading.enumerate()) == 1
assert "chromadb" in sys.modules and threading.active_count() == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
