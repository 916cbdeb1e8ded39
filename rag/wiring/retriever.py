"""The index of a place and how it is searched, as its settings say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from data.errors import SettingsError
from data.records import Hit
from rag.embed import open_embedder
from rag.hostile import Guard
from rag.index import Index, recorded_embedder
from rag.protocols import Embedder, MoreQueries, Reranker, Writer
from rag.search import EndpointReranker, FeedbackQueries, LocalReranker, ModelQueries, Retriever, expand
from rag.store import Ledger
from rag.store.vectors import check_store, remember_key
from rag.wiring.generator import Tell, build_generator, silent
from rag.wiring.place import IndexPlace


def place_embedder(place: IndexPlace) -> Embedder:
    """Build the embedder of the settings so that it fits the index of the place where they leave that open."""
    settings = place.settings.embedder
    is_open = settings.precision == "auto" and not settings.base_url
    return open_embedder(settings, recorded_embedder(place.data) if is_open else "")


def open_index(place: IndexPlace, embedder: Embedder | None = None) -> Index:
    """Open the index of a place for reading, with the embedder of its settings or another."""
    check_store(place.settings.vectors)
    remember_key(place.settings.vectors)
    return Index.open(place.data, embedder or place_embedder(place))


def open_retriever(place: IndexPlace, tell: Tell = silent, embedder: Embedder | None = None) -> Retriever:
    """Open the index of a place for searches as its [retrieval] and [rerank] settings want them.

    :raises SettingsError: the reranker's settings do not fit together.
    """
    retrieval, rerank = place.settings.retrieval, place.settings.rerank
    index = open_index(place, embedder)
    return Retriever(
        index,
        k=retrieval.k,
        mode=retrieval.mode,
        diversity=retrieval.diversity,
        reranker=_build_reranker(place),
        candidates=rerank.candidates,
        guard=_build_guard(place, index),
        more=_build_more_queries(place, tell),
    )


def build_widener(place: IndexPlace, index: Index) -> Callable[[Sequence[Hit]], Sequence[Hit]]:
    """Return what makes passages that were found into those a model reads: the same, or widened to their section."""
    retrieval = place.settings.retrieval
    if retrieval.expand == "none":
        return tuple
    guard = _build_guard(place, index)

    def widen(hits: Sequence[Hit]) -> Sequence[Hit]:
        widened = expand(hits, index.neighbours, index.document, retrieval.expand_tokens)
        return guard.narrowed(hits, widened) if guard else widened

    return widen


def _build_guard(place: IndexPlace, index: Index) -> Guard | None:
    """Return what judges passages as `ingest.hostile` says; None where it is off."""
    mode = place.settings.ingest.hostile
    if mode == "off":
        return None
    return Guard(index.document, Ledger(place.data).released, holding=mode == "quarantine")


def _build_more_queries(place: IndexPlace, tell: Tell) -> MoreQueries | None:
    way = place.settings.retrieval.more_queries
    if way == "none":
        return None
    if way == "feedback":
        return FeedbackQueries()
    if not place.settings.chat.base_url:
        raise SettingsError(
            "retrieval.more_queries is 'model', but there is no model: set chat.base_url, or write 'feedback'."
        )
    return ModelQueries(cache(lambda: _writer(place, tell)))


def _writer(place: IndexPlace, tell: Tell) -> Writer | None:
    generator = build_generator(place, tell)
    return generator if isinstance(generator, Writer) else None


def _build_reranker(place: IndexPlace) -> Reranker | None:
    rerank = place.settings.rerank
    if rerank.base_url:
        return EndpointReranker(rerank)
    return LocalReranker(rerank.model, device=place.settings.embedder.device) if rerank.model else None
