"""Evidence by plane: questions, contexts, answers, operation, segments, time."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.planes.affected import affected_share
    from drift.planes.examples import worst_examples
    from drift.planes.findings import PlaneFeatures, adjusted, find, moved_share, plane_reports, thinned
    from drift.planes.ops import Health, judge_health, judge_ops
    from drift.planes.segments import segment
    from drift.planes.timeline import change_point, fingerprint_changes, time_points

__all__ = [
    "affected_share",
    "Health",
    "PlaneFeatures",
    "adjusted",
    "change_point",
    "find",
    "fingerprint_changes",
    "judge_health",
    "judge_ops",
    "moved_share",
    "plane_reports",
    "segment",
    "thinned",
    "time_points",
    "worst_examples",
]

__getattr__ = face(
    __name__,
    {
        "affected": ["affected_share"],
        "examples": ["worst_examples"],
        "findings": ["PlaneFeatures", "adjusted", "find", "moved_share", "plane_reports", "thinned"],
        "ops": ["Health", "judge_health", "judge_ops"],
        "segments": ["segment"],
        "timeline": ["change_point", "fingerprint_changes", "time_points"],
    },
)
