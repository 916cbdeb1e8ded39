import pytest

from pipelines.loopback import Behaviour, Loopback
from rag.chunk.settings import ChunkSettings
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.search.retriever import Retriever
from tests.fakes import HashEmbedder

FILES = {
    "fares.md": "# Fares\n\nA second bag costs €15 per trip. Hand luggage may weigh 10 kilograms.\n",
    "dogs.md": "# Animals\n\nDogs are welcome on deck, where they wear a lead.\n",
    "berths.md": "# Harbour\n\nTankers dock at berth seven until noon.\n",
}


@pytest.fixture(scope="session")
def harbour(tmp_path_factory):
    """A retriever over an index of three files."""
    folder = tmp_path_factory.mktemp("harbour")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    ingest([folder], folder / ".rag", HashEmbedder(dimensions=256), chunking=ChunkSettings(min_characters=0))
    return Retriever(Index.open(folder / ".rag", HashEmbedder(dimensions=256)), k=2)


@pytest.fixture
def server():
    with Loopback(Behaviour(model="m-1", system_fingerprint="fp-7")) as running:
        yield running
