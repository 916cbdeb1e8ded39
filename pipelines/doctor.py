"""What the chat endpoint can really do: `rag doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from data.errors import SettingsError
from pipelines.generator import build_endpoint
from pipelines.workspace import Workspace

if TYPE_CHECKING:
    from rag.doctor import Probe

_MARKS = {"ok": "ok     ", "warning": "warning", "failed": "FAILED "}


def examine(workspace: Workspace) -> Iterator[Probe]:
    """Yield what was found about the endpoint of the settings, one probe after the other.

    :raises SettingsError: no endpoint is configured.
    """
    from rag.doctor import probe_endpoint

    chat = workspace.settings.chat
    if not chat.base_url:
        raise SettingsError("No chat endpoint is configured: set chat.base_url and chat.model in rag.toml.")
    return probe_endpoint(lambda window: build_endpoint(chat, window), chat.context_window)


def to_text(probe: Probe) -> str:
    """Return one line of the table, and what we do about it below."""
    line = f"{_MARKS[probe.status]}  {probe.name:14} {probe.seen}"
    return f"{line}\n{'':25}→ {probe.remedy}" if probe.remedy else line
