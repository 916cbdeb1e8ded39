"""Record applications built with LangChain or LlamaIndex: two lines in their code, every answer scored and logged.

from pipelines.record import langchain_handler
chain.invoke(question, config={"callbacks": [langchain_handler("path/to/workspace")]})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.rooms import require_rooms

if TYPE_CHECKING:
    from langchain_core.callbacks import BaseCallbackHandler

    from data.records import Interaction


def writer(workspace: Path | str) -> Callable[[Interaction], None]:
    """Return what scores an interaction and writes both into the log of a workspace."""
    require_rooms()
    from eval.quality import live_scorer
    from pipelines.wiring import open_log, open_workspace

    log, score = open_log(open_workspace(Path(workspace))), live_scorer()

    def write(item: Interaction) -> None:
        log.append([item], score(item))

    return write


def langchain_handler(workspace: Path | str = ".", tags: Mapping[str, str] | None = None) -> BaseCallbackHandler:
    """Return a LangChain callback handler that writes into the log of a workspace."""
    write = writer(workspace)
    from rag.integrations import langchain_handler

    return langchain_handler(write, tags=tags)


def watch_llama_index(workspace: Path | str = ".", tags: Mapping[str, str] | None = None) -> Callable[[], None]:
    """Write every query and chat of LlamaIndex in this process into the log of a workspace; call the result to stop."""
    write = writer(workspace)
    from rag.integrations import watch_llama_index

    return watch_llama_index(write, tags=tags)
