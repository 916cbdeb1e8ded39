"""Texts become vectors: models of this machine or of an endpoint."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.embed.embedder import open_embedder, open_remote
    from rag.embed.long_texts import embed_passages
    from rag.embed.remote_http import RemoteSettings

__all__ = ["RemoteSettings", "embed_passages", "open_embedder", "open_remote"]

__getattr__ = face(
    __name__,
    {
        "embedder": ["open_embedder", "open_remote"],
        "long_texts": ["embed_passages"],
        "remote_http": ["RemoteSettings"],
    },
)
