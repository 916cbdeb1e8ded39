"""One workspace that is served: its index, its log and its journal."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from data.errors import SilentDriftError
from data.log import Journal, build_redactor
from data.records import Interaction, Score
from pipelines.answer import open_asker
from pipelines.serve.keys import DEFAULT_COLLECTION
from pipelines.serve.workers import Workers
from pipelines.wiring import Workspace, open_log

if TYPE_CHECKING:
    from data.log import InteractionLog
    from rag.asking import Asker


class Collection:
    """One workspace that is served; its index is opened when it is first asked, or when there is one."""

    def __init__(self, name: str, workspace: Workspace, log_queue: int, search: Workers) -> None:
        self.name = name
        self.workspace = workspace
        self._lock = threading.Lock()
        self._asker: Asker | None = None
        self._log: InteractionLog | None = None
        redact = build_redactor(workspace.settings.log, workspace.folder)
        self.journal = Journal(
            workspace.data / "journal",
            self.log,
            bound=log_queue,
            redact=redact,
            complete=self._completed,
            busy=lambda: search.under_way > 0,
        )

    @property
    def model(self) -> str:
        """The name under which clients ask it: "rag", or "rag/NAME" for those beside the server's own workspace."""
        return MODEL if self.name == DEFAULT_COLLECTION else f"{MODEL}/{self.name}"

    def asker(self) -> Asker:
        """Return what answers its questions.

        :raises SilentDriftError: there is no index yet, or it cannot be opened.
        """
        with self._lock:
            if self._asker is None:
                self._asker = open_asker(self.workspace, log=self.journal, later=self.journal.keep)
            return self._asker

    def _completed(self, interaction: Interaction) -> tuple[Interaction, Sequence[Score]]:
        """Score an interaction; one left by an earlier server stays unscored when there is no index any more."""
        try:
            writer = self.asker().writer
        except SilentDriftError:
            return interaction, ()
        interaction, scores = writer.complete(interaction)
        writer.observe(interaction, scores)
        return interaction, scores

    def log(self) -> InteractionLog:
        """Return its interaction log.

        :raises WorkspaceError: it cannot be opened.
        """
        with self._lock:
            if self._log is None:
                self._log = open_log(self.workspace)
            return self._log


MODEL = "rag"
