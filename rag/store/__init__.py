"""Where an index lies: catalogue, vectors, locks; the only place that speaks SQL to it."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.store.catalog import Catalog, copy_catalog
    from rag.store.connections import may_write
    from rag.store.disk_errors import storage_errors, vectors_failed
    from rag.store.draft import RevisionDraft, begin_draft, continue_published, discard_draft
    from rag.store.embedder_check import check_embedder
    from rag.store.families import (
        add_sketches,
        families_of,
        families_wanted,
        members_of,
        read_sketches,
        read_text,
        visible_without_sketch,
        want_families,
        without_sketch,
        write_families,
    )
    from rag.store.filters import Filter, parse_filter
    from rag.store.ledger import Ledger
    from rag.store.lexical import rebuild_lexical, sync_lexical
    from rag.store.lock import writer_lock
    from rag.store.publication import forget_revisions, move_vectors, publish_draft, step_back, wipe_free_space
    from rag.store.revision import IndexedPassage, Neighbour, Revision
    from rag.store.selection import EXACT_UP_TO, Selection, cosines
    from rag.store.settings import VectorsSettings

__all__ = [
    "EXACT_UP_TO",
    "Catalog",
    "Filter",
    "IndexedPassage",
    "Ledger",
    "Neighbour",
    "Revision",
    "RevisionDraft",
    "Selection",
    "VectorsSettings",
    "add_sketches",
    "begin_draft",
    "check_embedder",
    "continue_published",
    "copy_catalog",
    "cosines",
    "discard_draft",
    "families_of",
    "families_wanted",
    "forget_revisions",
    "may_write",
    "members_of",
    "move_vectors",
    "parse_filter",
    "publish_draft",
    "read_sketches",
    "read_text",
    "rebuild_lexical",
    "step_back",
    "storage_errors",
    "sync_lexical",
    "vectors_failed",
    "visible_without_sketch",
    "want_families",
    "wipe_free_space",
    "without_sketch",
    "write_families",
    "writer_lock",
]

__getattr__ = face(
    __name__,
    {
        "catalog": ["Catalog", "copy_catalog"],
        "connections": ["may_write"],
        "disk_errors": ["storage_errors", "vectors_failed"],
        "draft": ["RevisionDraft", "begin_draft", "continue_published", "discard_draft"],
        "embedder_check": ["check_embedder"],
        "families": [
            "add_sketches",
            "families_of",
            "families_wanted",
            "members_of",
            "read_sketches",
            "read_text",
            "visible_without_sketch",
            "want_families",
            "wipe_free_space",
            "without_sketch",
            "write_families",
        ],
        "filters": ["Filter", "parse_filter"],
        "ledger": ["Ledger"],
        "lexical": ["rebuild_lexical", "sync_lexical"],
        "lock": ["writer_lock"],
        "publication": ["forget_revisions", "move_vectors", "publish_draft", "step_back", "wipe_free_space"],
        "revision": ["IndexedPassage", "Neighbour", "Revision"],
        "selection": ["EXACT_UP_TO", "Selection", "cosines"],
        "settings": ["VectorsSettings"],
    },
)
