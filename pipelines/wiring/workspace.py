"""A workspace: the folder with `rag.toml` and `.rag/`, and the parts built from its settings."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import WorkspaceError, cause
from data.settings import DATA_FOLDER

if TYPE_CHECKING:
    from data.log import InteractionLog
    from pipelines.settings import Settings


@dataclass(frozen=True, slots=True)
class Workspace:
    """An initialised folder and its settings."""

    folder: Path
    settings: Settings

    @property
    def data(self) -> Path:
        """The `.rag` folder: index, log and reports; absolute, because open stores are kept by path in a process."""
        return (self.folder / DATA_FOLDER).resolve()

    def require_writable(self, what: str) -> None:
        """Refuse to do `what`, such as "Alerts cannot be sent", where nothing can be written down about it.

        :raises WorkspaceError: the `.rag` folder may only be read.
        """
        if not self.writable:
            raise WorkspaceError(
                f"{what}: the folder {self.data} may not be written. Ask its owner for the right, or work in a copy of"
                " the workspace."
            )

    @property
    def writable(self) -> bool:
        """Whether anything can be kept in the `.rag` folder."""
        return os.access(self.data, os.W_OK)


def open_workspace(folder: Path) -> Workspace:
    """Open the workspace at `folder`.

    :raises WorkspaceError: `rag init` was never run there.
    :raises SettingsError: its settings cannot be used.
    """
    from data.settings import SETTINGS_FILE
    from pipelines.settings import load_settings

    if not (folder / SETTINGS_FILE).is_file() and not (folder / DATA_FOLDER).is_dir():
        raise WorkspaceError(
            f"There is no workspace in {folder.resolve()}: run `rag init` there, or pass --workspace DIR."
        )
    settings = load_settings(folder)
    try:
        (folder / DATA_FOLDER).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(
            f"The folder {(folder / DATA_FOLDER).resolve()} cannot be made ({cause(error)}): check the rights of the"
            " folder, or run `rag init` in one of your own."
        ) from error
    return Workspace(folder, settings)


def init_workspace(folder: Path) -> bool:
    """Create `rag.toml` and `.rag/`; return False when both were there already. Existing settings are never changed."""
    from data.settings import SETTINGS_FILE, read_template

    settings_file, data = folder / SETTINGS_FILE, folder / DATA_FOLDER
    for path, fits in ((settings_file, settings_file.is_file()), (data, data.is_dir())):
        if path.exists() and not fits:
            kind = "a file" if path is settings_file else "a folder"
            raise WorkspaceError(
                f"{path.resolve()} is in the way, it is not {kind}: move it, then run `rag init` again."
            )
    if settings_file.exists() and data.is_dir():
        return False
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not settings_file.exists():
            settings_file.touch(mode=0o600)  # keys may be written into it
            settings_file.write_text(read_template(), encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(f"The workspace cannot be created in {folder.resolve()}: {error.strerror}.") from error
    return True


def open_log(workspace: Workspace) -> InteractionLog:
    """Open the interaction log of the settings; what they say must not be stored is blacked out before it is."""
    from data.log import open_log as open_settings_log

    return open_settings_log(workspace.settings.log, workspace.folder, workspace.settings.metrics)
