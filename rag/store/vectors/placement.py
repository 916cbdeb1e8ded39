"""Where coming revisions of an index keep their vectors: noted beside the index, and the key of a server in memory."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from data.errors import SettingsError
from rag.store import VectorsSettings

PLACEMENT = "vectors.json"
_DEFAULT = VectorsSettings()


@dataclass(frozen=True, slots=True)
class Placement:
    """A kind of store, by its name, and the server at `url` where it needs one.

    Without a name it is Chroma: in folders, or with a URL at a Chroma server. An empty `tenant` or `database` is the
    server's default one. A key goes into `header`: "Authorization" carries it as a bearer token, any other header, such
    as Chroma's own "X-Chroma-Token", as it is.
    """

    url: str = ""
    tenant: str = _DEFAULT.tenant
    database: str = _DEFAULT.database
    header: str = _DEFAULT.header
    store: str = ""


_FIELDS = frozenset(field.name for field in fields(Placement))
_KEYS: dict[str, str] = {}


def remember_key(url: str, key: str) -> None:
    """Give the key of the server at `url` to this process; it is never written beside the index."""
    _KEYS[url] = key


def key_headers(placement: Placement) -> dict[str, str]:
    """Return the header with the key that this process knows for a server; none where it knows none."""
    key = _KEYS.get(placement.url, "")
    if not key:
        return {}
    bearer = placement.header.lower() == "authorization"
    return {placement.header: f"Bearer {key}" if bearer else key}


def write_placement(folder: Path, placement: Placement) -> None:
    """Note a placement beside the index in `folder`; the index keeps the name it has at servers.

    :raises SettingsError: the URL names no server.
    """
    if placement.url:
        _check_url(placement.url)
    file = folder / PLACEMENT
    former = read_note(file)
    wanted = {**asdict(placement), "index": former.get("index") or secrets.token_hex(8)}
    if former != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(wanted))
        os.replace(fresh, file)


def forget_placement(folder: Path) -> None:
    """Keep vectors of coming revisions in Chroma folders again."""
    (folder / PLACEMENT).unlink(missing_ok=True)


def read_placement(folder: Path) -> Placement:
    """Return where coming revisions of the index in `folder` keep their vectors."""
    return placement_of(read_note(folder / PLACEMENT))


def index_name(folder: Path) -> str:
    """Return the random name by which the index in `folder` is known at servers; empty where it never had one."""
    return read_note(folder / PLACEMENT).get("index", "")


def placement_of(note: dict[str, str]) -> Placement:
    """Return the placement in a note, which may hold more."""
    return Placement(**{name: value for name, value in note.items() if name in _FIELDS})


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
