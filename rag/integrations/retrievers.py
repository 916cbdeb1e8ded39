"""Our search as a retriever of LangChain and of LlamaIndex."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from data.extras import needed_by
from rag.integrations.passages import Search, checked_k, metadata, passages

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from llama_index.core.retrievers import BaseRetriever as LlamaIndexRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle

_NOT_FOR_MODELS = ("start", "end", "score", "also_in")


@needed_by("A retriever of LangChain", "rag")
def langchain_retriever(search: Search, k: int | None = None) -> BaseRetriever:
    """Return a retriever, which is a Runnable too, for ``{"context": retriever, "question": …} | prompt | model``.

    Each document has a passage as its text, and source, span, page, heading and score as its metadata.

    :raises InputError: `k` is below 1; an empty query raises it as well.
    """
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    wanted = checked_k(k)

    class LangChainPassageRetriever(BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
            del run_manager
            return [
                Document(id=hit.chunk.id, page_content=hit.chunk.text, metadata=metadata(hit))
                for hit in passages(search, query, wanted)
            ]

    return LangChainPassageRetriever()


@needed_by("A retriever of LlamaIndex", "rag")
def llama_index_retriever(search: Search, k: int | None = None) -> LlamaIndexRetriever:
    """Return a retriever for ``RetrieverQueryEngine.from_args(retriever, llm=…)``.

    Each node has a passage as its text, and source, span, page, heading and score as its metadata, of which a model is
    shown source, page and heading.

    :raises InputError: `k` is below 1; an empty query raises it as well.
    """
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, TextNode

    wanted = checked_k(k)

    class LlamaIndexPassageRetriever(BaseRetriever):
        def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            found = passages(search, query_bundle.query_str, wanted)
            hidden = list(_NOT_FOR_MODELS)
            nodes = [
                TextNode(
                    id_=hit.chunk.id, text=hit.chunk.text, metadata=metadata(hit), excluded_llm_metadata_keys=hidden
                )
                for hit in found
            ]
            return [NodeWithScore(node=node, score=hit.score) for node, hit in zip(nodes, found, strict=True)]

        async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            return await asyncio.to_thread(self._retrieve, query_bundle)

    return LlamaIndexPassageRetriever()
