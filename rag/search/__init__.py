"""A question becomes passages: candidates, reranking, diversity, neighbours."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.search.expansion import expand
    from rag.search.more_queries import FeedbackQueries, ModelQueries
    from rag.search.rerank import EndpointReranker, HybridReranker, LocalReranker
    from rag.search.retriever import Retrieval, Retriever

__all__ = [
    "EndpointReranker",
    "FeedbackQueries",
    "HybridReranker",
    "LocalReranker",
    "ModelQueries",
    "Retrieval",
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
    },
)
