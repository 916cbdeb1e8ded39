"""Documents become an index: read, chunk, embed, publish, repair."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.ingest.index_survey import RULE_WORDS, Survey, Suspect, news, rules_in_words, survey
    from rag.ingest.ingest_report import IngestReport
    from rag.ingest.job import Progress, ingest
    from rag.ingest.plan import IngestPlan, plan_ingest
    from rag.ingest.publish import Accept
    from rag.ingest.ray_engine import RayEngine
    from rag.ingest.rebuild import repair, rollback
    from rag.ingest.removal import RemovalReport, remove_documents
    from rag.ingest.settings import IngestSettings

__all__ = [
    "Accept",
    "IngestPlan",
    "IngestReport",
    "IngestSettings",
    "Progress",
    "RULE_WORDS",
    "RayEngine",
    "RemovalReport",
    "Survey",
    "Suspect",
    "ingest",
    "news",
    "plan_ingest",
    "remove_documents",
    "repair",
    "rollback",
    "rules_in_words",
    "survey",
]

__getattr__ = face(
    __name__,
    {
        "index_survey": ["RULE_WORDS", "Survey", "Suspect", "news", "rules_in_words", "survey"],
        "ingest_report": ["IngestReport"],
        "job": ["Progress", "ingest"],
        "plan": ["IngestPlan", "plan_ingest"],
        "publish": ["Accept"],
        "ray_engine": ["RayEngine"],
        "rebuild": ["repair", "rollback"],
        "removal": ["RemovalReport", "remove_documents"],
        "settings": ["IngestSettings"],
    },
)
