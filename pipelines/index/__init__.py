"""The life of an index: ingest, search, status, repair."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.index.engines import EngineName
    from pipelines.index.ingest import ingest_json, ingest_paths, ingest_text, where_vectors_lie
    from pipelines.index.plan import plan_json, plan_paths, plan_text
    from pipelines.index.quarantine import look, quarantine_json, quarantine_text, release
    from pipelines.index.queries import Query, hits_json, hits_text, read_queries, search
    from pipelines.index.remove import removal_json, removal_text, remove_sources
    from pipelines.index.repair import repair_index, rollback_index
    from pipelines.index.status import status_text, workspace_status

__all__ = [
    "EngineName",
    "Query",
    "hits_json",
    "hits_text",
    "ingest_json",
    "ingest_paths",
    "ingest_text",
    "look",
    "plan_json",
    "plan_paths",
    "plan_text",
    "quarantine_json",
    "quarantine_text",
    "read_queries",
    "release",
    "removal_json",
    "removal_text",
    "remove_sources",
    "repair_index",
    "rollback_index",
    "search",
    "status_text",
    "where_vectors_lie",
    "workspace_status",
]

__getattr__ = face(
    __name__,
    {
        "engines": ["EngineName"],
        "ingest": ["ingest_json", "ingest_paths", "ingest_text", "where_vectors_lie"],
        "plan": ["plan_json", "plan_paths", "plan_text"],
        "quarantine": ["look", "quarantine_json", "quarantine_text", "release"],
        "queries": ["Query", "hits_json", "hits_text", "read_queries", "search"],
        "remove": ["removal_json", "removal_text", "remove_sources"],
        "repair": ["repair_index", "rollback_index"],
        "status": ["status_text", "workspace_status"],
    },
)
