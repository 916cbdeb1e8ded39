"""What the server is made of: collections, keys, threads, limits, metrics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import SettingsError, SilentDriftError
from pipelines.serve.audit import AuditFile
from pipelines.serve.keys import DEFAULT_COLLECTION, KeyRing
from pipelines.serve.limits import RateLimit
from pipelines.serve.metrics import Metrics
from pipelines.serve.workers import Workers
from pipelines.wiring import Workspace, open_workspace

if TYPE_CHECKING:
    from pipelines.settings import ServerSettings
from pipelines.serve.collection import Collection


@dataclass(frozen=True, slots=True)
class Service:
    """The parts that requests share.

    `guarded` means that a key is needed; without it this machine may ask, with `open_to_all` everybody.
    """

    collections: Mapping[str, Collection]
    keys: KeyRing
    settings: ServerSettings
    search: Workers
    answers: Workers
    rate: RateLimit
    metrics: Metrics
    audit: AuditFile
    guarded: bool
    open_to_all: bool

    @property
    def chores(self) -> tuple[re.Pattern[str], ...]:
        """The operator's patterns of chores; `re` keeps them compiled."""
        return self.settings.chore_patterns()

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
            AuditFile(workspace.data),
            bool(keys.keys),
            open_to_all,
        )

    def warm_up(self) -> None:
        """Load the models of all collections that have an index, so that the first question need not wait."""
        for collection in self.collections.values():
            try:
                collection.asker().retriever.search("warm-up")
            except SilentDriftError:
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
