"""An asker over two documents, with an embedder of its own and without models."""

import pytest

from rag.answer.extractive import ExtractiveGenerator
from rag.asking.asker import Asker
from rag.asking.log_writer import LogWriter
from rag.chunk import ChunkSettings
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.search.retriever import Retriever
from tests.fakes import HashEmbedder

TEXTS = {
    "luggage.md": "# Luggage\n\nEach passenger may take one bag of up to 8 kg on board. A second bag costs €15.\n",
    "oil.md": "# Oil\n\nThe lubricating oil is changed every 500 hours. The engineer may ask for it earlier.\n",
}


class Rows:
    """A log that keeps what it is given, or refuses it."""

    def __init__(self, error=None):
        self.interactions, self.scores, self._error = [], [], error

    def append(self, interactions, scores=()):
        if self._error:
            raise self._error
        self.interactions += interactions
        self.scores += scores


@pytest.fixture
def retriever(tmp_path):
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    embedder = HashEmbedder()
    ingest([tmp_path / name for name in TEXTS], tmp_path / ".rag", embedder, chunking=ChunkSettings(min_characters=0))
    index = Index.open(tmp_path / ".rag", embedder)
    yield Retriever(index)
    index.close()


@pytest.fixture
def asking(retriever):
    """Return an asker that answers with `generator` and writes with these parts."""

    def make(generator=None, **parts):
        return Asker(retriever, generator or ExtractiveGenerator(), LogWriter(retriever.index.embed_query, **parts))

    return make
