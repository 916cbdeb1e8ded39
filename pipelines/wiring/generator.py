"""Who writes answers, as the [chat] settings say: an endpoint, several behind one another, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import SettingsError
from pipelines.console import note
from pipelines.wiring.workspace import Workspace, prompt_secret

if TYPE_CHECKING:
    from pipelines.settings import ChatSection, FallbackSection
    from rag.chat import ChatEndpoint, ModelSettings
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
    chain: list[Generator] = [
        build_endpoint(section, section.context_window, secret, describe=True)
        for section in (chat, *(completed(fallback, chat) for fallback in chat.fallback))
    ]
    if chat.extractive_fallback:
        chain.append(Extractive())
    if len(chain) == 1:
        return chain[0]
    from rag.chat import Fallback

    return Fallback(chain, deadline_s=chat.deadline_s)


def completed(fallback: FallbackSection, chat: ChatSection) -> ChatSection:
    """Return a fallback as a section of its own; keys and headers are never taken from [chat]."""
    return chat.model_copy(update={**fallback.model_dump(exclude_none=True), "fallback": ()})


def build_endpoint(
    chat: ChatSection, context_window: int, secret: str | None = None, *, describe: bool = False
) -> ChatEndpoint:
    """Build a client of one chat endpoint that believes in `context_window` tokens.

    With `describe` it finds out what the endpoint tells of the model beyond its name.
    """
    from rag.chat import ChatEndpoint, ServedModel

    settings = model_settings(chat)
    return ChatEndpoint(
        settings.base_url,
        settings.model,
        settings.api_key,
        temperature=settings.temperature,
        timeout_s=settings.timeout_s,
        max_retries=settings.max_retries,
        max_answer_tokens=settings.max_answer_tokens,
        context_window=context_window,
        secret=secret,
        wire=settings.wire,
        tell=note,
        served=ServedModel(settings, chat.model_folder) if describe else None,
    )


def model_settings(chat: ChatSection) -> ModelSettings:
    """Return what a chat model is built from."""
    from rag.chat import ModelSettings, Wire

    wire = Wire(
        chat.connect_timeout_s,
        chat.first_token_timeout_s,
        chat.deadline_s,
        {name: value.get_secret_value() for name, value in chat.headers.items()},
        {name: value.get_secret_value() for name, value in chat.query.items()},
    )
    return ModelSettings(
        chat.base_url,
        chat.model,
        chat.api_key.get_secret_value(),
        chat.temperature,
        chat.timeout_s,
        chat.max_retries,
        chat.max_answer_tokens,
        wire,
    )
