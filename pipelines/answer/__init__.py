"""Questions are answered, shown and logged."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.answer.asker import open_asker
    from pipelines.answer.doctor import doctor_text, examine, show_table
    from pipelines.answer.history import read_history
    from pipelines.answer.leftovers import whole_log
    from pipelines.answer.nearest import NearestPassage, nearest_documents
    from pipelines.answer.render import answer_json, answer_text, footnotes, hit_json, in_words
    from pipelines.answer.terminal import Chat, remember_lines
    from pipelines.answer.verify import all_stand, verification_json, verification_text, verify_answer
    from pipelines.answer.why import explain_missing, why_json, why_text

__all__ = [
    "Chat",
    "NearestPassage",
    "all_stand",
    "answer_json",
    "answer_text",
    "doctor_text",
    "examine",
    "explain_missing",
    "footnotes",
    "hit_json",
    "in_words",
    "nearest_documents",
    "open_asker",
    "read_history",
    "remember_lines",
    "show_table",
    "verification_json",
    "verification_text",
    "verify_answer",
    "whole_log",
    "why_json",
    "why_text",
]

__getattr__ = face(
    __name__,
    {
        "asker": ["open_asker"],
        "doctor": ["doctor_text", "examine", "show_table"],
        "history": ["read_history"],
        "leftovers": ["whole_log"],
        "nearest": ["NearestPassage", "nearest_documents"],
        "render": ["answer_json", "answer_text", "footnotes", "hit_json", "in_words"],
        "terminal": ["Chat", "remember_lines"],
        "verify": ["all_stand", "verification_json", "verification_text", "verify_answer"],
        "why": ["explain_missing", "why_json", "why_text"],
    },
)
