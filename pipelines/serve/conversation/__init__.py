"""What clients send as a conversation: its turns, its question, and what is no question at all."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.serve.conversation.chores import is_chore
    from pipelines.serve.conversation.turns import RequestTurns, UnreadableMessage, read_turns

__all__ = ["RequestTurns", "UnreadableMessage", "is_chore", "read_turns"]

__getattr__ = face(
    __name__,
    {
        "chores": ["is_chore"],
        "turns": ["RequestTurns", "UnreadableMessage", "read_turns"],
    },
)
