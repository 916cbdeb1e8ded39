"""`rag serve`: an OpenAI-compatible server over the index, with a page for people."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.serve.keys import DEFAULT_COLLECTION
    from pipelines.serve.run import serve
    from pipelines.serve.service import check_collections, open_keys

__all__ = ["DEFAULT_COLLECTION", "check_collections", "open_keys", "serve"]

__getattr__ = face(
    __name__,
    {
        "keys": ["DEFAULT_COLLECTION"],
        "run": ["serve"],
        "service": ["check_collections", "open_keys"],
    },
)
