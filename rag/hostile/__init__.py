"""Documents that try to command: hidden text, known patterns, quarantine."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.hostile.hidden import lint_unread
    from rag.hostile.linter import HARMLESS, RULES_VERSION, Rule, SuspiciousText, lint
    from rag.hostile.patterns import CONTROL
    from rag.hostile.quarantine import Guard, PassageJudgement

__all__ = [
    "CONTROL",
    "Guard",
    "HARMLESS",
    "PassageJudgement",
    "RULES_VERSION",
    "Rule",
    "SuspiciousText",
    "lint",
    "lint_unread",
]

__getattr__ = face(
    __name__,
    {
        "hidden": ["lint_unread"],
        "linter": ["HARMLESS", "RULES_VERSION", "Rule", "SuspiciousText", "lint"],
        "patterns": ["CONTROL"],
        "quarantine": ["Guard", "PassageJudgement"],
    },
)
