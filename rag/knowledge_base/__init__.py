"""The face of this room: documents in a folder, and questions to them."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.knowledge_base.answer_stream import AnswerStream
    from rag.knowledge_base.knowledge_base import KnowledgeBase
    from rag.knowledge_base.opening import open

__all__ = ["AnswerStream", "KnowledgeBase", "open"]

__getattr__ = face(
    __name__,
    {
        "answer_stream": ["AnswerStream"],
        "knowledge_base": ["KnowledgeBase"],
        "opening": ["open"],
    },
)
