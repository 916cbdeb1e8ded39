"""The interaction log: what was asked and answered, kept in a database, and the journal in front of it."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from data.log.completion import Complete
    from data.log.interaction_log import Baseline, InteractionLog
    from data.log.journal import Journal
    from data.log.journal_places import orphans
    from data.log.opening import build_redactor, open_log
    from data.log.retention import concerned, forget, forget_sources
    from data.log.settings import LogSettings
    from data.log.sketches import FRAME_DAY, count_scores, count_users, day_marks, read_sketches, write_sketch
    from data.log.unscored import score_unscored

__all__ = [
    "Baseline",
    "Complete",
    "FRAME_DAY",
    "InteractionLog",
    "Journal",
    "LogSettings",
    "build_redactor",
    "concerned",
    "count_scores",
    "count_users",
    "day_marks",
    "forget",
    "forget_sources",
    "open_log",
    "orphans",
    "read_sketches",
    "score_unscored",
    "write_sketch",
]

__getattr__ = face(
    __name__,
    {
        "interaction_log": ["Baseline", "InteractionLog"],
        "completion": ["Complete"],
        "journal": ["Journal"],
        "journal_places": ["orphans"],
        "opening": ["build_redactor", "open_log"],
        "retention": ["concerned", "forget", "forget_sources"],
        "settings": ["LogSettings"],
        "sketches": ["FRAME_DAY", "count_scores", "count_users", "day_marks", "read_sketches", "write_sketch"],
        "unscored": ["score_unscored"],
    },
)
