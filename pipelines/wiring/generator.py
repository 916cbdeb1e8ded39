"""Who writes answers, as the [chat] settings say: an endpoint, several behind one another, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import SettingsError
from pipelines.console import note
from pipelines.wiring.workspace import Workspace, prompt_secret

if TYPE_CHECKING:
    from rag.chat import ChatEndpoint, ChatSettings
    from rag.protocols import Generator


def build_generator(workspace: Workspace) -> Generator:
    """Build the chat endpoints of the settings, or the extractive answerer without one.

    :raises SettingsError: a base_url without a model.
    """
    from rag.answer import Extractive

    chat = workspace.settings.chat
    if not chat.base_url:
        return Extractive()
    if not chat.model:
        raise SettingsError(f"chat.base_url is {chat.base_url!r} but chat.model is empty: name the model to ask for.")
    secret = prompt_secret(workspace)
    chain: list[Generator] = [build_endpoint(settings, secret, describe=True) for settings in chat.chain]
    if chat.extractive_fallback:
        chain.append(Extractive())
    if len(chain) == 1:
        return chain[0]
    from rag.chat import Fallback

    return Fallback(chain, deadline_s=chat.deadline_s)


def build_endpoint(chat: ChatSettings, secret: str | None = None, *, describe: bool = False) -> ChatEndpoint:
    """Build a client of one chat endpoint.

    With `describe` it finds out what the endpoint tells of the model beyond its name.
    """
    from rag.chat import ChatEndpoint, ServedModel

    return ChatEndpoint(chat, secret=secret, tell=note, served=ServedModel(chat) if describe else None)
