"""What the server is made of: collections with their journals, keys, threads, limits, metrics."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import RagDriftError, SettingsError
from data.records import Interaction, Score
from pipelines.ask import Asker
from pipelines.redaction import build_redactor
from pipelines.serve.journal import Journal
from pipelines.serve.keys import DEFAULT_COLLECTION, KeyRing
from pipelines.serve.limits import RateLimit
from pipelines.serve.metrics import Metrics
from pipelines.serve.workers import Workers
from pipelines.workspace import Workspace, open_log, open_workspace

if TYPE_CHECKING:
    from data.log import InteractionLog
    from pipelines.sections import ServerSection

MODEL = "rag"


class Collection:
    """One workspace that is served; its index is opened when it is first asked, or when there is one."""

    def __init__(self, name: str, workspace: Workspace, log_queue: int, search: Workers) -> None:
        self.name = name
        self.workspace = workspace
        self._lock = threading.Lock()
        self._asker: Asker | None = None
        self._log: InteractionLog | None = None
        redact = build_redactor(workspace)
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

        :raises RagDriftError: there is no index yet, or it cannot be opened.
        """
        with self._lock:
            if self._asker is None:
                self._asker = Asker.from_workspace(self.workspace, recorder=self.journal)
            return self._asker

    def _completed(self, interaction: Interaction) -> tuple[Interaction, Sequence[Score]]:
        """Score an interaction; one left by an earlier server stays unscored when there is no index any more."""
        try:
            asker = self.asker()
        except RagDriftError:
            return interaction, ()
        interaction, scores = asker.complete(interaction)
        asker.observe(interaction, scores)
        return interaction, scores

    def log(self) -> InteractionLog:
        """Return its interaction log.

        :raises WorkspaceError: it cannot be opened.
        """
        with self._lock:
            if self._log is None:
                self._log = open_log(self.workspace)
            return self._log


@dataclass(frozen=True, slots=True)
class Service:
    """The parts that requests share.

    `guarded` means that a key is needed; without it this machine may ask, with `open_to_all` everybody.
    """

    collections: Mapping[str, Collection]
    keys: KeyRing
    settings: ServerSection
    search: Workers
    answers: Workers
    rate: RateLimit
    metrics: Metrics
    guarded: bool
    open_to_all: bool

    @classmethod
    def open(cls, workspace: Workspace, *, open_to_all: bool = False) -> Service:
        """Build all parts from the settings of a workspace.

        :raises SettingsError: a collection or a key names what does not exist.
        """
        settings = workspace.settings.server
        search = Workers(settings.search_threads, "search")
        collections = {
            name: Collection(name, opened, settings.log_queue, search)
            for name, opened in _workspaces(workspace).items()
        }
        keys = open_keys(workspace)
        return cls(
            collections,
            keys,
            settings,
            search,
            Workers(settings.answers_at_once, "answer"),
            RateLimit(settings.requests_per_minute, settings.burst),
            Metrics(),
            bool(keys.keys),
            open_to_all,
        )

    def warm_up(self) -> None:
        """Load the models of all collections that have an index, so that the first question need not wait."""
        for collection in self.collections.values():
            try:
                collection.asker().retriever.search("warm-up")
            except RagDriftError:
                continue  # told with each question, and by /readyz

    def close(self) -> bool:
        """Bring all rows to the logs; return whether all are there. The rest is on disk for the next start."""
        return all([collection.journal.close(self.settings.shutdown_s) for collection in self.collections.values()])


def open_keys(workspace: Workspace) -> KeyRing:
    """Open the keys of a workspace."""
    named = workspace.settings.server.keys_file
    return KeyRing(workspace.folder / named if named else workspace.data / "keys.json")


def check_collections(workspace: Workspace, names: tuple[str, ...]) -> None:
    """Refuse names of collections that the settings do not hold.

    :raises SettingsError: one is unknown.
    """
    known = (DEFAULT_COLLECTION, *workspace.settings.server.collections)
    for name in names:
        if name not in known:
            told = f"There is no collection {name!r} (known: {', '.join(known)})"
            raise SettingsError(f"{told}: name its workspace in server.collections.")


def _workspaces(workspace: Workspace) -> dict[str, Workspace]:
    found = {DEFAULT_COLLECTION: workspace}
    for name, folder in workspace.settings.server.collections.items():
        if name == DEFAULT_COLLECTION or not name.replace("-", "").replace("_", "").isalnum():
            raise SettingsError(f"A collection cannot be called {name!r}: use letters, digits, - and _.")
        found[name] = open_workspace(workspace.folder / Path(folder))
    if len({opened.data for opened in found.values()}) < len(found):
        raise SettingsError("Two collections in server.collections are the same workspace: give each its own.")
    return found
