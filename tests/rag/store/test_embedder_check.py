import numpy as np
import pytest

from rag.errors import EmbedderMismatch, IndexDamaged
from rag.store.catalog import Catalog
from rag.store.embedder_check import CHECK_SENTENCES, check_embedder, embed_check_sentences
from tests.fakes import HashEmbedder
from tests.faults.children import ingest_here, write_docs


@pytest.fixture
def embedder():
    return HashEmbedder()


@pytest.fixture
def folder(tmp_path):
    ingest_here(write_docs(tmp_path / "docs", 3), tmp_path / ".rag")
    return tmp_path / ".rag"


def stored(folder, vectors):
    catalog = Catalog(folder)
    catalog.connection.execute("UPDATE generations SET canaries = ?", (vectors.astype(np.float32).tobytes(),))
    revision = catalog.current()
    catalog.close()
    return revision


def test_the_embedder_that_built_the_index_passes(folder, embedder):
    check_embedder(embedder, stored(folder, embed_check_sentences(embedder)))


def test_a_sentence_that_moved_names_the_embedder_and_the_sentence(folder, embedder):
    vectors = embed_check_sentences(embedder)
    vectors[3] = vectors[4]
    with pytest.raises(EmbedderMismatch, match=f"1 of 16 fixed sentences moved.*{CHECK_SENTENCES[3][:20]}"):
        check_embedder(embedder, stored(folder, vectors))


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30, 0.0])
def test_overwritten_bytes_are_damage_and_not_another_embedder(folder, embedder, value, recwarn):
    vectors = embed_check_sentences(embedder)
    vectors[3] = value
    with pytest.raises(IndexDamaged, match="1 of the 16 vectors .* delete it and ingest again"):
        check_embedder(embedder, stored(folder, vectors))
    assert not recwarn.list
