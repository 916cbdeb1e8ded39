"""Who writes answers and who searches, as the settings say; waits are told on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.console import note
from pipelines.wiring.workspace import Workspace

if TYPE_CHECKING:
    from rag.chat import ChatEndpoint, ChatSettings
    from rag.protocols import Generator
    from rag.search import Retriever


def build_generator(workspace: Workspace) -> Generator:
    """Build the chat endpoints of the settings, or the extractive answerer without one.

    :raises SettingsError: a base_url without a model.
    """
    from rag.wiring import build_generator as build

    return build(workspace, note)


def build_endpoint(chat: ChatSettings, secret: str | None = None) -> ChatEndpoint:
    """Build a client of one chat endpoint."""
    from rag.wiring import build_endpoint as build

    return build(chat, secret, tell=note)


def open_retriever(workspace: Workspace) -> Retriever:
    """Open the index of a workspace for searches as its [retrieval] and [rerank] settings want them.

    :raises SettingsError: the reranker's settings do not fit together.
    """
    from rag.wiring import open_retriever as build

    return build(workspace, note)
