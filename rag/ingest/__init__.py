"""Documents become an index: read, chunk, embed, publish, repair."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.ingest.index_survey import Survey, Suspect, survey
    from rag.ingest.job import IngestReport, ingest
    from rag.ingest.plan import IngestPlan, plan_ingest
    from rag.ingest.ray_engine import RayEngine
    from rag.ingest.rebuild import repair, rollback
    from rag.ingest.settings import IngestSettings

__all__ = [
    "IngestPlan",
    "IngestReport",
    "IngestSettings",
    "RayEngine",
    "Survey",
    "Suspect",
    "ingest",
    "plan_ingest",
    "repair",
    "rollback",
    "survey",
]

__getattr__ = face(
    __name__,
    {
        "index_survey": ["Survey", "Suspect", "survey"],
        "job": ["IngestReport", "ingest"],
        "plan": ["IngestPlan", "plan_ingest"],
        "ray_engine": ["RayEngine"],
        "rebuild": ["repair", "rollback"],
        "settings": ["IngestSettings"],
    },
)
