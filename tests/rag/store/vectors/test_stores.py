"""Which kind of store a revision is in: by its folder, then by what older versions left there."""

import json

import pytest

from data.errors import SettingsError
from rag.chunk.settings import ChunkSettings
from rag.errors import IndexDamaged, IndexProblem
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.ingest.rebuild import repair
from rag.store.settings import VectorsSettings
from rag.store.vectors.chroma_server import POINTER
from rag.store.vectors.seal import seal
from rag.store.vectors.stores import KIND, STORES, open_vectors, place_vectors
from tests.contracts.numpy_store import NumpyStore
from tests.fakes import HashEmbedder


@pytest.fixture
def index(tmp_path):
    (tmp_path / "a.md").write_text("High water comes at noon.\n")
    ingest([tmp_path / "a.md"], tmp_path / ".rag", HashEmbedder(), chunking=ChunkSettings())
    return tmp_path / ".rag"


def found(index):
    opened = Index.open(index, HashEmbedder())
    try:
        return opened.search("high water", 1, mode="dense")[0].chunk.text
    finally:
        opened.close()


def test_a_folder_of_an_earlier_version_names_no_kind_and_is_read_as_ever(index):
    folder = index / "chroma" / "r1"
    (folder / KIND).unlink()
    seal(folder)
    assert found(index) == "High water comes at noon."


def test_a_pointer_of_an_earlier_version_still_leads_to_its_server(index):
    folder = index / "chroma" / "old"
    folder.mkdir()
    server = {"url": "http://127.0.0.1:9", "tenant": "", "database": "", "header": "Authorization"}
    (folder / POINTER).write_text(json.dumps({**server, "collection": "rag-1-r1"}))
    with pytest.raises(IndexProblem, match=r"Chroma server at http://127\.0\.0\.1:9 cannot be reached"):
        open_vectors(folder, "model")


def test_a_kind_that_this_version_does_not_know_is_named_and_repair_leaves_it(index, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setitem(STORES, "numpy", NumpyStore)
        place_vectors(index, VectorsSettings(store="numpy"))
        repair(index)
        assert found(index) == "High water comes at noon."
    with pytest.raises(IndexDamaged, match=r"kind 'numpy', which this version does not know.*rag repair"):
        found(index)
    place_vectors(index, VectorsSettings())
    assert repair(index).embedded == 0
    assert found(index) == "High water comes at noon."


def test_a_name_that_is_no_store_is_refused_with_those_that_are(tmp_path):
    with pytest.raises(SettingsError, match=r"vectors\.store is 'faiss': known are chroma, chroma-server\."):
        place_vectors(tmp_path, VectorsSettings(store="faiss"))
    assert not list(tmp_path.iterdir())


def test_a_server_without_an_address_is_asked_for_one(index):
    place_vectors(index, VectorsSettings(store="chroma-server"))
    with pytest.raises(SettingsError, match=r"set vectors\.url"):
        repair(index)
    assert found(index) == "High water comes at noon."


def test_chroma_by_its_name_is_a_folder_or_with_an_address_a_server(tmp_path):
    place_vectors(tmp_path, VectorsSettings(store="chroma"))
    assert not (tmp_path / "vectors.json").exists()
    place_vectors(tmp_path, VectorsSettings("http://localhost:8000", store="chroma"))
    assert json.loads((tmp_path / "vectors.json").read_text())["url"] == "http://localhost:8000"
