"""An index as it is asked: candidates of both sides, fused; near duplicates."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.index.candidates import CANDIDATES
    from rag.index.fusion import UNKNOWN_STRENGTH, Fusion, fuse
    from rag.index.index import Index, IndexStatus
    from rag.index.minhash import SAME, shingles, similarity
    from rag.index.mode import BOTH_SIDES, Mode
    from rag.index.near_duplicates import collapse_near_duplicates, record_near_duplicates, sketch_ahead
    from rag.index.recorded import recorded_embedder

__all__ = [
    "BOTH_SIDES",
    "CANDIDATES",
    "Fusion",
    "Index",
    "IndexStatus",
    "Mode",
    "SAME",
    "UNKNOWN_STRENGTH",
    "collapse_near_duplicates",
    "fuse",
    "record_near_duplicates",
    "recorded_embedder",
    "shingles",
    "similarity",
    "sketch_ahead",
]

__getattr__ = face(
    __name__,
    {
        "candidates": ["CANDIDATES"],
        "fusion": ["Fusion", "UNKNOWN_STRENGTH", "fuse"],
        "index": ["Index", "IndexStatus"],
        "minhash": ["SAME", "shingles", "similarity"],
        "mode": ["BOTH_SIDES", "Mode"],
        "near_duplicates": ["collapse_near_duplicates", "record_near_duplicates", "sketch_ahead"],
        "recorded": ["recorded_embedder"],
    },
)
