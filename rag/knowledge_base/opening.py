"""A folder becomes a knowledge base: its settings are read, and what it needs is made."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.arguments import expect, expect_function, given_path
from data.errors import WorkspaceError, cause
from data.faces import keep_quiet
from data.log import LogSettings, open_log
from data.records import Scorer
from data.settings import DATA_FOLDER, SETTINGS_FILE, changed_settings, read_settings, read_template
from rag.knowledge_base.knowledge_base import KnowledgeBase, Parts
from rag.protocols import AnswerLog, Embedder, Generator, Observer
from rag.settings import RagSettings


@dataclass(frozen=True, slots=True)
class KnowledgeBaseSettings(RagSettings):
    """The sections of `rag.toml` that a knowledge base heeds; the others are those of the commands."""

    log: LogSettings = LogSettings()


@dataclass(frozen=True, slots=True)
class KnowledgeBaseFolder:
    """A folder with `rag.toml` and the settings in force."""

    folder: Path
    settings: KnowledgeBaseSettings

    @property
    def data(self) -> Path:
        """Where index and log lie."""
        return (self.folder / DATA_FOLDER).resolve()


def open(  # noqa: A001 - users write rag.open, as they write io.open
    folder: Path | str,
    *,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    embedder: Embedder | None = None,
    generator: Generator | None = None,
    score: Scorer | None = None,
    log: AnswerLog | bool = True,
    observe: Observer | None = None,
) -> KnowledgeBase:
    """Open the knowledge base in `folder`, which is made when absent; nothing is loaded, and nobody asked, before use.

    `settings` are laid over `rag.toml` and the environment, by section: ``{"retrieval": {"k": 5}}``. `embedder` and
    `generator` take the place of those of the settings. Each answer is written to the log of the folder, to another
    `log`, or nowhere with ``log=False``; `score` measures it first, as `eval.score` does, else `drift report` does so
    before it compares. `observe` is told of each answer beside the log. A log that cannot be opened is told with each
    answer, and keeps nobody from one.

    :raises WorkspaceError: the folder cannot be made, or is a file.
    :raises SettingsError: a setting is unknown or out of range.
    """
    keep_quiet()
    given = given_path("rag.open", "folder", folder, "a folder")
    _check_parts(settings, embedder, generator, log)
    expect_function("rag.open", "score", score, "a function such as eval.score")
    expect_function("rag.open", "observe", observe, "a function of an interaction and its scores")
    place = _prepared(given, settings or {})
    log_error = None
    if log is True:
        try:
            log = open_log(place.settings.log, place.folder)
        except WorkspaceError as error:
            log, log_error = False, str(error)
    writer = None if isinstance(log, bool) else log
    return KnowledgeBase(place, Parts(embedder, generator, score, writer, observe, log_error))


def _check_parts(settings: object, embedder: object, generator: object, log: object) -> None:
    if settings is not None:
        expect("rag.open", "settings", settings, Mapping, 'sections, such as {"retrieval": {"k": 5}}')
    expect_function("rag.open", "embedder", embedder, "an embedder, with id, dimensions and embed", "id", "embed")
    expect_function("rag.open", "generator", generator, "a generator, with id and generate", "id", "generate")
    if not isinstance(log, bool) and not hasattr(log, "append") or isinstance(log, list):
        expect("rag.open", "log", log, bool, "True, False, or a log such as data.InteractionLog")


def _prepared(folder: Path, changes: Mapping[str, Mapping[str, Any]]) -> KnowledgeBaseFolder:
    file = folder / SETTINGS_FILE
    read = read_settings(KnowledgeBaseSettings, file, os.environ, partial=True)
    settings = changed_settings(read, changes) if changes else read
    try:
        (folder / DATA_FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(read_template(), encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(
            f"The knowledge base cannot be opened in {folder.resolve()} ({cause(error)}): name a folder that may be"
            " written."
        ) from error
    return KnowledgeBaseFolder(folder, settings)
