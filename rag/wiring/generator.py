"""Who writes answers, as the [chat] settings say: an endpoint, several behind one another, or none."""

from __future__ import annotations

from collections.abc import Callable

from data.errors import SettingsError
from rag.answer import ExtractiveGenerator
from rag.chat import ChatEndpoint, ChatSettings, Fallback, ServedModel
from rag.protocols import Generator
from rag.wiring.place import IndexPlace, prompt_secret

Tell = Callable[[str], None]
"""Is given a sentence before a wait of more than two seconds."""


def silent(message: str) -> None:
    """Tell nobody."""


def build_generator(place: IndexPlace, tell: Tell = silent) -> Generator:
    """Build the chat endpoints of the settings, or the extractive answerer without one.

    :raises SettingsError: a base_url without a model.
    """
    chat = place.settings.chat
    if not chat.base_url:
        return ExtractiveGenerator()
    if not chat.model:
        raise SettingsError(f"chat.base_url is {chat.base_url!r} but chat.model is empty: name the model to ask for.")
    secret = prompt_secret(place)
    chain: list[Generator] = [build_endpoint(settings, secret, tell=tell, describe=True) for settings in chat.chain]
    if chat.extractive_fallback:
        chain.append(ExtractiveGenerator())
    return chain[0] if len(chain) == 1 else Fallback(chain, deadline_s=chat.deadline_s)


def build_endpoint(
    chat: ChatSettings, secret: str | None = None, *, tell: Tell = silent, describe: bool = False
) -> ChatEndpoint:
    """Build a client of one chat endpoint.

    With `describe` it finds out what the endpoint tells of the model beyond its name.
    """
    return ChatEndpoint(chat, secret=secret, tell=tell, served=ServedModel(chat) if describe else None)
