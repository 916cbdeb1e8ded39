"""Vectors at a Chroma server instead of in a folder: one collection per revision, which is never written again.

The folder of such a revision holds only a pointer to its collection, so everything that lends, seals, rolls back and
forgets folders works unchanged, and readers find the server without a setting. Collections whose folder is gone are
deleted when the next revision is written.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from data.errors import SettingsError
from data.extras import needed_by
from rag.errors import IndexProblem
from rag.store.settings import VectorsSettings

if TYPE_CHECKING:
    from chromadb.api.client import Client

_DEFAULT = VectorsSettings()
PLACEMENT = "vectors.json"
POINTER = "server.json"
_COLLECTIONS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Server:
    """A Chroma server at `url`; an empty `tenant` or `database` is the server's default one.

    A key goes into `header`: "Authorization" carries it as a bearer token, any other header, such as Chroma's own
    "X-Chroma-Token", as it is.
    """

    url: str
    tenant: str = ""
    database: str = ""
    header: str = _DEFAULT.header


@dataclass(frozen=True, slots=True)
class Pointer:
    """A collection at a Chroma server."""

    server: Server
    collection: str


_KEYS: dict[str, str] = {}


def remember_key(url: str, key: str) -> None:
    """Give the key of the server at `url` to this process; it is never written beside the index."""
    _KEYS[url] = key


def place_vectors(folder: Path, server: Server) -> None:
    """Say where coming revisions of the index in `folder` keep their vectors: at `server`; without a URL: here.

    Published revisions stay where they are; `rag repair` moves the current one.

    :raises SettingsError: the URL names no server.
    """
    placement, url = folder / PLACEMENT, server.url
    if not url:
        placement.unlink(missing_ok=True)
        return
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.username:
        raise SettingsError(
            "vectors.url is no usable address of a Chroma server: write it like http://localhost:8000, without path"
            " or user name."
        )
    former = _read(placement)
    wanted = {**asdict(server), "index": former.get("index") or secrets.token_hex(8)}
    if former != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = placement.with_suffix(".new")
        fresh.write_text(json.dumps(wanted))
        os.replace(fresh, placement)


def is_served(folder: Path) -> bool:
    """Tell whether the vectors of a revision's folder are, or if it is new will be, at a server."""
    return bool(_read(_placement(folder))) or (folder / POINTER).is_file()


def read_pointer(folder: Path) -> Pointer | None:
    """Return where the vectors of a revision's folder are; None when they are in the folder."""
    found = _read(folder / POINTER)
    return Pointer(_server(found), found["collection"]) if found else None


def new_pointer(folder: Path) -> Pointer | None:
    """Choose a collection for a new folder, and note it there; None when vectors are kept in folders."""
    placed = _read(_placement(folder))
    if not placed:
        return None
    pointer = Pointer(_server(placed), f"{_prefix(folder)}{folder.name}-{secrets.token_hex(4)}")
    (folder / POINTER).write_text(json.dumps({**asdict(pointer.server), "collection": pointer.collection}))
    return pointer


@needed_by("The index")
def connect(server: Server) -> Client:
    """Open a client of a Chroma server, with the key this process knows for it.

    :raises IndexProblem: it cannot be reached, or refuses the key.
    """
    import chromadb
    import httpx
    from chromadb.config import DEFAULT_DATABASE, DEFAULT_TENANT, Settings
    from chromadb.errors import ChromaError

    parts = urlsplit(server.url)
    secure = parts.scheme == "https"
    try:
        client = chromadb.HttpClient(
            host=parts.hostname or "",
            port=parts.port or (443 if secure else 8000),
            ssl=secure,
            headers=_headers(server),
            settings=Settings(anonymized_telemetry=False),
            tenant=server.tenant or DEFAULT_TENANT,
            database=server.database or DEFAULT_DATABASE,
        )
    except (ChromaError, ValueError, httpx.HTTPError) as error:
        raise unreachable(server, error) from error
    return cast("Client", client)


def _headers(server: Server) -> dict[str, str]:
    key = _KEYS.get(server.url, "")
    if not key:
        return {}
    return {server.header: f"Bearer {key}" if server.header.lower() == "authorization" else key}


def unreachable(server: Server, error: Exception) -> IndexProblem:
    """Return the error for a server that does not answer, or does not let us in."""
    if _refuses(server):
        return IndexProblem(
            f"The Chroma server at {server.url} refuses the key: set vectors.api_key (better RAG__VECTORS__API_KEY),"
            " vectors.header, tenant and database as it wants them; searching with mode lexical works meanwhile."
        )
    cause = " ".join(str(error).split())[:200] or type(error).__name__
    return IndexProblem(
        f"The Chroma server at {server.url} cannot be reached ({cause}): start it (chroma run), or correct vectors.url"
        " and run `rag repair`; searching with mode lexical works meanwhile."
    )


def _refuses(server: Server) -> bool:
    """Ask the server itself whether it lets us in: Chroma's client tells a refusal by a proxy in words alone."""
    import httpx

    try:
        status = httpx.get(f"{server.url.rstrip('/')}/api/v2/auth/identity", headers=_headers(server), timeout=10)
    except httpx.HTTPError:
        return False
    return status.status_code in (401, 403)


def forget_collections(client: Client, folder: Path) -> None:
    """Delete the collections of this index at the server whose folders are gone; `folder` is one that stays."""
    pointers = (read_pointer(sibling) for sibling in folder.parent.iterdir() if sibling.is_dir())
    kept = {pointer.collection for pointer in pointers if pointer is not None}
    for name in [name for name in _names(client) if name.startswith(_prefix(folder)) and name not in kept]:
        client.delete_collection(name)


def _names(client: Client) -> Iterable[str]:
    names: list[str] = []
    while found := client.list_collections(limit=_COLLECTIONS_AT_ONCE, offset=len(names)):
        names += [collection.name for collection in found]
    return names


def _server(found: dict[str, str]) -> Server:
    return Server(**{name: value for name, value in found.items() if name in _SERVER_KEYS})


_SERVER_KEYS = frozenset(field.name for field in fields(Server))


def _placement(folder: Path) -> Path:
    return folder.parent.parent / PLACEMENT


def _prefix(folder: Path) -> str:
    """Return what the names of this index's collections begin with; a copy of the index elsewhere has its own."""
    index = f"{_read(_placement(folder)).get('index')}\x00{folder.parent.resolve()}"
    return f"rag-{hashlib.sha256(index.encode()).hexdigest()[:12]}-"


def _read(file: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return found
