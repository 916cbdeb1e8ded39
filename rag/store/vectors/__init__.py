"""The vectors of revisions: kinds of stores, where they are placed, folders built and sealed."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.store.vectors.folders import build_vectors, copy_index, forget_vectors, restore_vectors
    from rag.store.vectors.placement import remember_key
    from rag.store.vectors.seal import check_seal
    from rag.store.vectors.stores import check_store, importing_ahead, lying_elsewhere, open_vectors, place_vectors

__all__ = [
    "build_vectors",
    "check_seal",
    "check_store",
    "copy_index",
    "forget_vectors",
    "importing_ahead",
    "lying_elsewhere",
    "open_vectors",
    "place_vectors",
    "remember_key",
    "restore_vectors",
]

__getattr__ = face(
    __name__,
    {
        "folders": ["build_vectors", "copy_index", "forget_vectors", "restore_vectors"],
        "placement": ["remember_key"],
        "seal": ["check_seal"],
        "stores": ["check_store", "importing_ahead", "lying_elsewhere", "open_vectors", "place_vectors"],
    },
)
