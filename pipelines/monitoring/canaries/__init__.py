"""`drift probe`: canaries are drafted, asked on a schedule, compared, and shown."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.monitoring.canaries.drafts import draft_canaries
    from pipelines.monitoring.canaries.output import probe_json, probe_text, probed_told
    from pipelines.monitoring.canaries.rounds import probe

__all__ = ["draft_canaries", "probe", "probe_json", "probe_text", "probed_told"]

__getattr__ = face(
    __name__,
    {
        "drafts": ["draft_canaries"],
        "output": ["probe_json", "probe_text", "probed_told"],
        "rounds": ["probe"],
    },
)
