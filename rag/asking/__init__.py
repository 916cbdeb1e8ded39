"""A question becomes an answer on record: the one way that all who answer go."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.asking.asker import Asker
    from rag.asking.bridge import bridged
    from rag.asking.conversation import Conversation
    from rag.asking.log_writer import LogWriter
    from rag.asking.question import new_id, new_question

__all__ = ["Asker", "Conversation", "LogWriter", "bridged", "new_id", "new_question"]

__getattr__ = face(
    __name__,
    {
        "asker": ["Asker"],
        "bridge": ["bridged"],
        "conversation": ["Conversation"],
        "log_writer": ["LogWriter"],
        "question": ["new_id", "new_question"],
    },
)
