"""Documents become passages whose spans point into the text."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.chunk.passages import chunk_document, embedding_text, passage_key
    from rag.chunk.settings import ChunkSettings

__all__ = ["ChunkSettings", "chunk_document", "embedding_text", "passage_key"]

__getattr__ = face(
    __name__,
    {
        "passages": ["chunk_document", "embedding_text", "passage_key"],
        "settings": ["ChunkSettings"],
    },
)
