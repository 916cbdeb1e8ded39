"""Passages become an answer whose citations are proved."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.answer.answering import answer_question
    from rag.answer.evidence import AnswerSentence, find_evidence
    from rag.answer.extractive import ExtractiveGenerator
    from rag.answer.follow_up import Turn, by_rule, standalone
    from rag.answer.location import locate
    from rag.answer.stream import stream_answer
    from rag.answer.verify import Verification, verify_citations

__all__ = [
    "AnswerSentence",
    "ExtractiveGenerator",
    "Turn",
    "Verification",
    "answer_question",
    "by_rule",
    "find_evidence",
    "locate",
    "standalone",
    "stream_answer",
    "verify_citations",
]

__getattr__ = face(
    __name__,
    {
        "answering": ["answer_question"],
        "evidence": ["AnswerSentence", "find_evidence"],
        "extractive": ["ExtractiveGenerator"],
        "follow_up": ["Turn", "by_rule", "standalone"],
        "location": ["locate"],
        "stream": ["stream_answer"],
        "verify": ["Verification", "verify_citations"],
    },
)
