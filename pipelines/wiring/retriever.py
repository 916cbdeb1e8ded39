"""The index of a workspace and how it is searched, as its settings say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from data.errors import SettingsError
from data.records import Hit
from pipelines.wiring.workspace import Workspace, workspace_embedder

if TYPE_CHECKING:
    from rag.hostile import Guard
    from rag.index import Index
    from rag.protocols import MoreQueries, Reranker, Writer
    from rag.search import Retriever
    from rag.store import Server


def open_index(workspace: Workspace) -> Index:
    """Open the index of a workspace for reading."""
    from rag.index import Index

    vector_server(workspace)
    return Index.open(workspace.data, workspace_embedder(workspace))


def vector_server(workspace: Workspace) -> Server:
    """Return the Chroma server of the settings, without URL where there is none; its key is known from here on."""
    from rag.store import Server, remember_key

    vectors = workspace.settings.vectors
    if key := vectors.api_key.reveal():
        remember_key(vectors.url, key)
    return Server(vectors.url, vectors.tenant, vectors.database, vectors.header)


def open_retriever(workspace: Workspace) -> Retriever:
    """Open the index of a workspace for searches as its [retrieval] and [rerank] settings want them.

    :raises SettingsError: the reranker's settings do not fit together.
    """
    from rag.search import Retriever

    retrieval, rerank = workspace.settings.retrieval, workspace.settings.rerank
    index = open_index(workspace)
    return Retriever(
        index,
        k=retrieval.k,
        mode=retrieval.mode,
        diversity=retrieval.diversity,
        reranker=_build_reranker(workspace),
        candidates=rerank.candidates,
        guard=build_guard(workspace, index),
        more=_build_more_queries(workspace),
    )


def _build_more_queries(workspace: Workspace) -> MoreQueries | None:
    from rag.search import FeedbackQueries, ModelQueries

    way = workspace.settings.retrieval.more_queries
    if way == "none":
        return None
    if way == "feedback":
        return FeedbackQueries()
    if not workspace.settings.chat.base_url:
        raise SettingsError(
            "retrieval.more_queries is 'model', but there is no model: set chat.base_url, or write 'feedback'."
        )
    return ModelQueries(cache(lambda: _writer(workspace)))


def _writer(workspace: Workspace) -> Writer | None:
    from pipelines.wiring.generator import build_generator
    from rag.protocols import Writer

    generator = build_generator(workspace)
    return generator if isinstance(generator, Writer) else None


def build_guard(workspace: Workspace, index: Index) -> Guard | None:
    """Return what judges passages as `ingest.hostile` says; None where it is off."""
    from rag.hostile import Guard, Ledger

    mode = workspace.settings.ingest.hostile
    if mode == "off":
        return None
    return Guard(index.document, Ledger(workspace.data).released, holding=mode == "quarantine")


def build_widener(workspace: Workspace, index: Index) -> Callable[[Sequence[Hit]], Sequence[Hit]]:
    """Return what makes passages that were found into those a model reads: the same, or widened to their section."""
    from rag.search import expand

    retrieval = workspace.settings.retrieval
    if retrieval.expand == "none":
        return tuple
    guard = build_guard(workspace, index)

    def widen(hits: Sequence[Hit]) -> Sequence[Hit]:
        widened = expand(hits, index.neighbours, index.document, retrieval.expand_tokens)
        return guard.narrowed(hits, widened) if guard else widened

    return widen


def _build_reranker(workspace: Workspace) -> Reranker | None:
    rerank = workspace.settings.rerank
    if rerank.base_url:
        from rag.search import EndpointReranker

        return EndpointReranker(rerank)
    if rerank.model:
        from rag.search import LocalReranker

        return LocalReranker(rerank.model, device=workspace.settings.embedder.device)
    return None
