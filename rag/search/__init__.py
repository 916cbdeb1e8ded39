"""A question becomes passages: candidates, reranking, diversity, neighbours."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.search.expansion import expand
    from rag.search.more_queries import FeedbackQueries, ModelQueries
    from rag.search.rerank import EndpointReranker, HybridReranker, LocalReranker
    from rag.search.retriever import Retrieval, Retriever
    from rag.search.settings import RerankSettings, RetrievalSettings

__all__ = [
    "EndpointReranker",
    "FeedbackQueries",
    "HybridReranker",
    "LocalReranker",
    "ModelQueries",
    "RerankSettings",
    "Retrieval",
    "RetrievalSettings",
    "Retriever",
    "expand",
]

__getattr__ = face(
    __name__,
    {
        "expansion": ["expand"],
        "more_queries": ["FeedbackQueries", "ModelQueries"],
        "rerank": ["EndpointReranker", "HybridReranker", "LocalReranker"],
        "retriever": ["Retrieval", "Retriever"],
        "settings": ["RerankSettings", "RetrievalSettings"],
    },
)
