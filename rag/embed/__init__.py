"""Texts become vectors: models of this machine or of an endpoint."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.embed.embedder import open_embedder
    from rag.embed.long_texts import embed_passages
    from rag.embed.model_folder import MINILM
    from rag.embed.settings import EmbedderSettings

__all__ = ["EmbedderSettings", "MINILM", "embed_passages", "open_embedder"]

__getattr__ = face(
    __name__,
    {
        "embedder": ["open_embedder"],
        "long_texts": ["embed_passages"],
        "model_folder": ["MINILM"],
        "settings": ["EmbedderSettings"],
    },
)
