"""`/v1/embeddings` and `/v1/rerank`: the models behind the index, for clients that bring their own texts."""

from __future__ import annotations

import asyncio
import base64
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from data.text import detect_language, estimate_tokens
from pipelines.serve.access import Caller, asking_caller, service_of
from pipelines.serve.collection import Collection
from pipelines.serve.errors import ApiError, logger
from pipelines.serve.wire import REFUSALS, DocumentText, EmbeddingRequest, RerankRequest
from rag.errors import EmbedderError, RerankError
from rag.protocols import Embedder, Reranker
from rag.search import HybridReranker

router = APIRouter(prefix="/v1", responses=REFUSALS)

_MOST_INPUTS = 2048


@router.post("/embeddings")
async def embeddings(
    body: EmbeddingRequest, request: Request, caller: Annotated[Caller, Depends(asking_caller)]
) -> dict[str, Any]:
    """Turn texts into the vectors that the index is made of."""
    texts = _texts(body.input)
    collection = _by_model(caller, body.model)
    work = service_of(request).search.submit(lambda: _embedded(collection, texts, body))
    return await asyncio.wrap_future(work)


@router.post("/rerank")
async def rerank(
    body: RerankRequest, request: Request, caller: Annotated[Caller, Depends(asking_caller)]
) -> dict[str, Any]:
    """Put documents in order of how well they fit a query; the reply's `model` says what did it."""
    collection = _by_model(caller, body.model)
    work = service_of(request).search.submit(lambda: _reranked(collection, body))
    return await asyncio.wrap_future(work)


def _texts(given: str | list[str] | list[int] | list[list[int]]) -> list[str]:
    texts = [given] if isinstance(given, str) else [item for item in given if isinstance(item, str)]
    if not isinstance(given, str) and len(texts) < len(given):
        raise ApiError(400, "input: arrays of tokens are those of another model: send text.", param="input")
    if not texts or len(texts) > _MOST_INPUTS:
        raise ApiError(400, f"input: {len(texts)} texts; send 1 to {_MOST_INPUTS:,}.", param="input")
    if not all(text.strip() for text in texts):
        raise ApiError(400, "input: an empty text has no vector.", param="input")
    return [text.encode("utf-8", "replace").decode() for text in texts]


def _by_model(caller: Caller, model: str) -> Collection:
    """Return the caller's collection of that name, or the first whose embedder or reranker is called so."""
    if model not in caller.models:
        for collection in caller.models.values():
            settings = collection.workspace.settings
            if model and model in (settings.embedder.model, settings.rerank.model):
                return collection
    return caller.collection(model)


def _embedded(collection: Collection, texts: list[str], body: EmbeddingRequest) -> dict[str, Any]:
    embedder = _embedder(collection)
    if body.dimensions not in (None, embedder.dimensions):
        told = f"dimensions: {embedder.id} makes vectors of {embedder.dimensions} numbers and no others."
        raise ApiError(400, told, param="dimensions")
    counts = [embedder.count_tokens(text) for text in texts]
    for place, count in enumerate(counts):
        if count > embedder.max_tokens:
            told = f"input.{place}: {count} tokens; {embedder.id} reads {embedder.max_tokens} at most: cut it."
            raise ApiError(400, told, code="context_length_exceeded", param="input")
    vectors = embedder.embed(texts, query=body.input_type == "query")
    packed = [
        base64.b64encode(vector.astype("<f4").tobytes()).decode()
        if body.encoding_format == "base64"
        else [float(value) for value in vector]
        for vector in vectors
    ]
    data = [{"object": "embedding", "index": place, "embedding": value} for place, value in enumerate(packed)]
    usage = {"prompt_tokens": sum(counts), "total_tokens": sum(counts)}
    return {"object": "list", "data": data, "model": embedder.id, "usage": usage}


def _reranked(collection: Collection, body: RerankRequest) -> dict[str, Any]:
    texts = [item.text if isinstance(item, DocumentText) else item for item in body.documents]
    asker = collection.asker()
    reranker = asker.retriever.reranker or _hybrid(collection)
    try:
        scores = reranker.rerank(body.query, texts)
    except RerankError as error:
        logger.error("%s", error)
        told = "The reranker of this server failed; its log says why."
        raise ApiError(502, told, kind="upstream_error", code="reranker_failed") from error
    order = sorted(range(len(texts)), key=lambda place: -scores[place])[: body.top_n]
    results: list[dict[str, Any]] = [{"index": place, "relevance_score": scores[place]} for place in order]
    if body.return_documents:
        results = [result | {"document": {"text": texts[result["index"]]}} for result in results]
    read = sum(estimate_tokens(text) for text in (body.query, *texts))
    return {"model": reranker.id, "results": results, "usage": {"total_tokens": read, "prompt_tokens": read}}


def _hybrid(collection: Collection) -> Reranker:
    fusion = collection.asker().retriever.index.fusion
    return HybridReranker(_embedder(collection), lambda question: fusion.weight(detect_language(question, "en")))


def _embedder(collection: Collection) -> Embedder:
    embedder = collection.asker().retriever.index.embedder
    if embedder is None:
        raise EmbedderError("The index was opened without an embedder.")
    return embedder
