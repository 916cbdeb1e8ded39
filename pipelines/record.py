"""Record applications built with LangChain or LlamaIndex: two lines in their code, every answer scored and logged.

from pipelines.record import langchain_handler
chain.invoke(question, config={"callbacks": [langchain_handler("path/to/workspace")]})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from data.records import Interaction

if TYPE_CHECKING:
    from langchain_core.callbacks import BaseCallbackHandler


def writer(workspace: Path | str) -> Callable[[Interaction], None]:
    """Return what scores an interaction with the groundedness proxy and writes both into the log of a workspace."""
    from eval.quality import GroundednessProxy, score_interaction
    from pipelines.wiring import open_log, open_workspace

    log, proxy = open_log(open_workspace(Path(workspace))), GroundednessProxy.load()

    def write(item: Interaction) -> None:
        log.append([item], score_interaction(item, proxy))

    return write


def langchain_handler(workspace: Path | str = ".", tags: Mapping[str, str] | None = None) -> BaseCallbackHandler:
    """Return a LangChain callback handler that writes into the log of a workspace."""
    from rag.integrations import langchain_handler

    return langchain_handler(writer(workspace), tags=tags)


def watch_llama_index(workspace: Path | str = ".", tags: Mapping[str, str] | None = None) -> Callable[[], None]:
    """Write every query and chat of LlamaIndex in this process into the log of a workspace; call the result to stop."""
    from rag.integrations import watch_llama_index

    return watch_llama_index(writer(workspace), tags=tags)
