"""A chat model behind an OpenAI-compatible endpoint: requests, streams, deadlines, fallbacks."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.chat.endpoint import ChatEndpoint
    from rag.chat.fallback import Fallback
    from rag.chat.reply import Reply
    from rag.chat.served_model import ServedModel, told_by
    from rag.chat.settings import ChatSettings, FollowUps
    from rag.chat.turns import shared_turns
    from rag.chat.window import ContextWindow, FittedPrompt

__all__ = [
    "ChatEndpoint",
    "ChatSettings",
    "ContextWindow",
    "Fallback",
    "FittedPrompt",
    "FollowUps",
    "Reply",
    "ServedModel",
    "shared_turns",
    "told_by",
]

__getattr__ = face(
    __name__,
    {
        "endpoint": ["ChatEndpoint"],
        "fallback": ["Fallback"],
        "reply": ["Reply"],
        "served_model": ["ServedModel", "told_by"],
        "settings": ["ChatSettings", "FollowUps"],
        "turns": ["shared_turns"],
        "window": ["FittedPrompt", "ContextWindow"],
    },
)
