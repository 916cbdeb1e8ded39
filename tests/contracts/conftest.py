"""Every contract of a vector store runs on each kind there is, and on a double that is listed like them."""

import pytest

from rag.store.settings import VectorsSettings
from rag.store.vectors.stores import STORES, place_vectors
from tests.contracts.kinds import KINDS
from tests.contracts.numpy_store import NumpyStore
from tests.servers import chroma_server


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory):
    with chroma_server(tmp_path_factory.mktemp("chroma")) as url:
        yield url


@pytest.fixture(params=KINDS)
def kind(request, monkeypatch):
    """Name of a kind of store; the double is listed in the one place where a kind is listed."""
    monkeypatch.setitem(STORES, "numpy", NumpyStore)
    return request.param


@pytest.fixture
def index(kind, tmp_path, request):
    """The folder of an index whose vectors are placed in that kind of store."""
    url = request.getfixturevalue("chroma_url") if kind == "chroma-server" else ""
    folder = tmp_path / ".rag"
    place_vectors(folder, VectorsSettings(url, store=kind))
    return folder
