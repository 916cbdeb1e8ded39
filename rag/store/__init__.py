"""Where an index lies: catalogue, vectors, locks; the only place that speaks SQL to it."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.store.catalog import CATALOG_FILE, Catalog, IndexedPassage, Revision, pack_spans
    from rag.store.chroma import VectorStore, copy_folder, cosines, importing_ahead
    from rag.store.chroma_seal import check_seal, seal
    from rag.store.chroma_server import Server, place_vectors, remember_key
    from rag.store.disk_errors import storage_errors
    from rag.store.embedder_check import check_canaries, embed_canaries, same_space
    from rag.store.filters import Filter, parse_filter
    from rag.store.lock import writer_lock
    from rag.store.neighbours import Neighbour, read_neighbours
    from rag.store.schema import create_lexical
    from rag.store.selection import Selection
    from rag.store.settings import VectorsSettings

__all__ = [
    "CATALOG_FILE",
    "Catalog",
    "Filter",
    "IndexedPassage",
    "Neighbour",
    "Revision",
    "Selection",
    "Server",
    "VectorStore",
    "VectorsSettings",
    "check_canaries",
    "check_seal",
    "copy_folder",
    "cosines",
    "create_lexical",
    "embed_canaries",
    "importing_ahead",
    "pack_spans",
    "parse_filter",
    "place_vectors",
    "read_neighbours",
    "remember_key",
    "same_space",
    "seal",
    "storage_errors",
    "writer_lock",
]

__getattr__ = face(
    __name__,
    {
        "catalog": ["CATALOG_FILE", "Catalog", "IndexedPassage", "Revision", "pack_spans"],
        "chroma": ["VectorStore", "copy_folder", "cosines", "importing_ahead"],
        "chroma_seal": ["check_seal", "seal"],
        "chroma_server": ["Server", "place_vectors", "remember_key"],
        "disk_errors": ["storage_errors"],
        "embedder_check": ["check_canaries", "embed_canaries", "same_space"],
        "filters": ["Filter", "parse_filter"],
        "lock": ["writer_lock"],
        "neighbours": ["Neighbour", "read_neighbours"],
        "schema": ["create_lexical"],
        "selection": ["Selection"],
        "settings": ["VectorsSettings"],
    },
)
