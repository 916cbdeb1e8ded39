"""A workspace: the folder with `rag.toml` and `.rag/`, and the parts built from its settings."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import WorkspaceError
from data.records import settings_hash

if TYPE_CHECKING:
    from data.log import InteractionLog
    from pipelines.settings import Settings
    from rag.protocols import Embedder

DATA_FOLDER = ".rag"


@dataclass(frozen=True, slots=True)
class Workspace:
    """An initialised folder and its settings."""

    folder: Path
    settings: Settings

    @property
    def data(self) -> Path:
        """The `.rag` folder: index, log and reports; absolute, because open stores are kept by path in a process."""
        return (self.folder / DATA_FOLDER).resolve()


def open_workspace(folder: Path) -> Workspace:
    """Open the workspace at `folder`.

    :raises WorkspaceError: `rag init` was never run there.
    :raises SettingsError: its settings cannot be used.
    """
    from pipelines.settings import SETTINGS_FILE, load_settings

    if not (folder / SETTINGS_FILE).is_file() and not (folder / DATA_FOLDER).is_dir():
        raise WorkspaceError(
            f"There is no workspace in {folder.resolve()}: run `rag init` there, or pass --workspace DIR."
        )
    settings = load_settings(folder)
    (folder / DATA_FOLDER).mkdir(exist_ok=True)
    return Workspace(folder, settings)


def init_workspace(folder: Path) -> bool:
    """Create `rag.toml` and `.rag/`; return False when both were there already. Existing settings are never changed."""
    from pipelines.settings import SETTINGS_FILE, TEMPLATE

    settings_file, data = folder / SETTINGS_FILE, folder / DATA_FOLDER
    if settings_file.exists() and data.is_dir():
        return False
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not settings_file.exists():
            settings_file.write_text(TEMPLATE, encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(f"The workspace cannot be created in {folder.resolve()}: {error.strerror}.") from error
    return True


def open_log(workspace: Workspace) -> InteractionLog:
    """Open the interaction log of the settings; what they say must not be stored is blacked out before it is."""
    from data.log import InteractionLog
    from pipelines.wiring.redaction import build_redactor

    url, redact = (
        workspace.settings.log.url.reveal(),
        build_redactor(workspace.settings.log, workspace.folder),
    )
    return InteractionLog(url, redact) if url else InteractionLog.at_path(workspace.data / "log.sqlite", redact)


def workspace_embedder(workspace: Workspace) -> Embedder:
    """Build the embedder of the settings so that it fits the workspace's index where they leave that open."""
    from rag.embed import open_embedder
    from rag.index import recorded_embedder

    section = workspace.settings.embedder
    is_open = section.precision == "auto" and not section.base_url
    return open_embedder(section, recorded_embedder(workspace.data) if is_open else "")


def prompt_secret(workspace: Workspace) -> str:
    """Return the workspace's own random text, made at first use.

    Passage keys in prompts follow from it: documents cannot guess them, and a question asked again has the same prompt.
    In somebody else's workspace, which can only be read, it is another one each time.
    """
    path = workspace.data / "prompt-secret"
    try:
        if not path.exists():
            path.write_text(secrets.token_hex(16), encoding="ascii")
            path.chmod(0o600)
        return path.read_text(encoding="ascii")
    except OSError:
        return secrets.token_hex(16)


def retrieval_id(settings: Settings) -> str:
    """Name the retrieval settings, for the fingerprint; those that are off leave the name as it is."""
    retrieval = settings.retrieval
    off = set() if retrieval.diversity else {"diversity"}
    off |= {"expand", "expand_tokens"} if retrieval.expand == "none" else set()
    off |= {"more_queries"} if retrieval.more_queries == "none" else set()
    named = {name: value for name, value in asdict(retrieval).items() if name not in off}
    if settings.ingest.hostile == "quarantine":
        named["hostile"] = "quarantine"
    if settings.rerank.base_url or settings.rerank.model:
        named["rerank"] = {name: getattr(settings.rerank, name) for name in ("base_url", "model", "candidates")}
    return settings_hash(named)
