"""Where coming revisions of an index keep their vectors: noted beside the index, and the key of a server in memory."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from data.errors import SettingsError
from data.settings import Secret
from rag.store import VectorsSettings

PLACEMENT = "vectors.json"


_NOTED = tuple(field.name for field in fields(VectorsSettings) if field.name != "api_key")
_KEYS: dict[str, Secret] = {}


def remember_key(settings: VectorsSettings) -> None:
    """Give the key of a server to this process; it is never written beside the index."""
    if settings.api_key.reveal():
        _KEYS[settings.url] = settings.api_key


def key_headers(server: VectorsSettings) -> dict[str, str]:
    """Return the header with the key that this process knows for a server; none where it knows none."""
    key = _KEYS.get(server.url, Secret("")).reveal()
    if not key:
        return {}
    bearer = server.header.lower() == "authorization"
    return {server.header: f"Bearer {key}" if bearer else key}


def write_placement(folder: Path, settings: VectorsSettings) -> None:
    """Note settings, without the key, beside the index in `folder`; the index keeps the name it has at servers.

    :raises SettingsError: the URL names no server.
    """
    if settings.url:
        _check_url(settings.url)
    file = folder / PLACEMENT
    former = read_note(file)
    wanted = {**noted(settings), "index": former.get("index") or secrets.token_hex(8)}
    if former != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(wanted))
        os.replace(fresh, file)


def forget_placement(folder: Path) -> None:
    """Keep vectors of coming revisions in Chroma folders again."""
    (folder / PLACEMENT).unlink(missing_ok=True)


def read_placement(folder: Path) -> VectorsSettings:
    """Return where coming revisions of the index in `folder` keep their vectors."""
    return settings_of(read_note(folder / PLACEMENT))


def index_name(folder: Path) -> str:
    """Return the random name by which the index in `folder` is known at servers; empty where it never had one."""
    return read_note(folder / PLACEMENT).get("index", "")


def noted(settings: VectorsSettings) -> dict[str, str]:
    """Return settings as they may be written: without the key."""
    return {name: getattr(settings, name) for name in _NOTED}


def settings_of(note: dict[str, str]) -> VectorsSettings:
    """Return the settings in a note, which may hold more."""
    known: dict[str, Any] = {name: note[name] for name in _NOTED if name in note}
    return VectorsSettings(**known)


def read_note(file: Path) -> dict[str, str]:
    """Return a small JSON file; nothing where it is absent or cannot be read."""
    try:
        found: dict[str, str] = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return found


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.username:
        raise SettingsError(
            "vectors.url is no usable address of a vector server: write it like http://localhost:8000, without path or"
            " user name."
        )
