import threading

import numpy as np
import pytest

from rag.errors import EmbedderError
from rag.ingest.ahead import embedding_ahead
from tests.fakes import HashEmbedder


class Held(HashEmbedder):
    """Embeds nothing before it is let go."""

    def __init__(self):
        super().__init__()
        self.begun, self.let_go = threading.Event(), threading.Event()

    def embed(self, texts, *, query=False):
        self.begun.set()
        assert self.let_go.wait(10)
        return super().embed(texts, query=query)


def test_the_caller_goes_on_while_texts_are_embedded():
    embedder = Held()
    with embedding_ahead(embedder) as ahead:
        made = ahead.embed({"a": "the ferry", "b": "a dog"})
        assert embedder.begun.wait(10) and not made.done()
        embedder.let_go.set()
        vectors = made.result()
    assert list(vectors) == ["a", "b"]
    assert np.array_equal(vectors["b"], HashEmbedder().embed(["a dog"])[0])


def test_no_texts_ask_nothing_of_the_embedder():
    embedder = Held()
    with embedding_ahead(embedder) as ahead:
        assert ahead.embed({}).result() == {}
    assert not embedder.begun.is_set()


def test_a_failure_is_raised_where_the_vectors_are_asked_for():
    class Failing(HashEmbedder):
        def embed(self, texts, *, query=False):
            raise EmbedderError("no more credit")

    with embedding_ahead(Failing()) as ahead:
        made = ahead.embed({"a": "text"})
        with pytest.raises(EmbedderError, match="no more credit"):
            made.result()


def test_lots_that_have_not_begun_are_dropped_on_the_way_out():
    embedder = Held()

    def leave():
        with embedding_ahead(embedder) as ahead:
            ahead.embed({"a": "first"})
            later.append(ahead.embed({"b": "second"}))
            assert embedder.begun.wait(10)
            threading.Timer(0.05, embedder.let_go.set).start()
            raise KeyboardInterrupt

    later = []
    with pytest.raises(KeyboardInterrupt):
        leave()
    assert later[0].cancelled() and embedder.embedded == 1
