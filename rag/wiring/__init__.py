"""Settings become parts of this room: embedder, index, retriever, generator."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.wiring.asker import build_asker
    from rag.wiring.generator import build_endpoint, build_generator
    from rag.wiring.ingest import EMBEDDER_NOTE, ingest_into
    from rag.wiring.place import IndexPlace, prompt_secret, retrieval_id
    from rag.wiring.retriever import build_widener, open_index, open_retriever, place_embedder

__all__ = [
    "EMBEDDER_NOTE",
    "IndexPlace",
    "build_asker",
    "build_endpoint",
    "build_generator",
    "build_widener",
    "ingest_into",
    "open_index",
    "open_retriever",
    "place_embedder",
    "prompt_secret",
    "retrieval_id",
]

__getattr__ = face(
    __name__,
    {
        "asker": ["build_asker"],
        "generator": ["build_endpoint", "build_generator"],
        "ingest": ["EMBEDDER_NOTE", "ingest_into"],
        "place": ["IndexPlace", "prompt_secret", "retrieval_id"],
        "retriever": ["build_widener", "open_index", "open_retriever", "place_embedder"],
    },
)
