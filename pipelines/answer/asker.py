"""The asker of a workspace: its index, its generator and its log, scored and traced as its settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.records import Interaction
    from eval.quality import UnitEmbedder
    from pipelines.wiring import Workspace
    from rag.asking import Asker
    from rag.protocols import AnswerLog
    from rag.search import Retriever


def open_asker(
    workspace: Workspace,
    *,
    logged: bool = True,
    log: AnswerLog | None = None,
    later: Callable[[Interaction], object] | None = None,
) -> Asker:
    """Build all parts from the settings of a workspace; with `logged=False` nothing is written to the log.

    What is for the log alone is then left out: the vector of the answer, and its scores. Another `log` takes the place
    of the workspace's own, and `later` takes answers that are completed later. A log that cannot be opened is told with
    each answer, and keeps nobody from one.
    """
    from eval.quality import live_scorer
    from pipelines.tracing import build_observer
    from pipelines.wiring import build_generator, open_log, open_retriever
    from rag.asking import LogWriter
    from rag.wiring import build_asker

    log_error = None
    try:
        log = open_log(workspace) if logged and log is None else log
    except WorkspaceError as error:
        log_error = str(error)
    retriever = open_retriever(workspace)
    writer = LogWriter(
        retriever.index.embed_query,
        score=live_scorer(_vectors(retriever) if later else None) if logged else None,
        log=log,
        later=later,
        observe=build_observer(workspace.settings),
        log_error=log_error,
    )
    return build_asker(workspace, retriever, build_generator(workspace), writer)


def _vectors(retriever: Retriever) -> UnitEmbedder | None:
    """Return what makes the vectors that our scores were fitted to, or None where the index has another embedder.

    They take longer than the rest of a score, so only what is completed when nobody waits has them.
    """
    from rag.embed import MINILM

    embedder = retriever.index.embedder
    return embedder.embed if embedder is not None and embedder.id.startswith(MINILM) else None
