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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from data.errors import SettingsError
from rag.errors import IndexError_

if TYPE_CHECKING:
    from chromadb.api.client import Client

PLACEMENT = "vectors.json"
POINTER = "server.json"
_COLLECTIONS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Pointer:
    """A collection at a Chroma server."""

    url: str
    collection: str


def place_vectors(folder: Path, url: str) -> None:
    """Say where coming revisions of the index in `folder` keep their vectors: at the Chroma server `url`; "": here.

    Published revisions stay where they are; `rag repair` moves the current one.

    :raises SettingsError: the URL names no server.
    """
    placement = folder / PLACEMENT
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
    if former.get("url") != url:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = placement.with_suffix(".new")
        fresh.write_text(json.dumps({"url": url, "index": former.get("index") or secrets.token_hex(8)}))
        os.replace(fresh, placement)


def is_served(folder: Path) -> bool:
    """Tell whether the vectors of a revision's folder are, or if it is new will be, at a server."""
    return bool(_read(_placement(folder))) or (folder / POINTER).is_file()


def read_pointer(folder: Path) -> Pointer | None:
    """Return where the vectors of a revision's folder are; None when they are in the folder."""
    found = _read(folder / POINTER)
    return Pointer(found["url"], found["collection"]) if found else None


def new_pointer(folder: Path) -> Pointer | None:
    """Choose a collection for a new folder, and note it there; None when vectors are kept in folders."""
    placed = _read(_placement(folder))
    if not placed:
        return None
    pointer = Pointer(placed["url"], f"{_prefix(folder)}{folder.name}-{secrets.token_hex(4)}")
    (folder / POINTER).write_text(json.dumps(asdict(pointer)))
    return pointer


def connect(url: str) -> Client:
    """Open a client of the Chroma server at `url`.

    :raises IndexError_: it cannot be reached.
    """
    import chromadb
    import httpx
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    parts = urlsplit(url)
    secure = parts.scheme == "https"
    try:
        client = chromadb.HttpClient(
            host=parts.hostname or "",
            port=parts.port or (443 if secure else 8000),
            ssl=secure,
            settings=Settings(anonymized_telemetry=False),
        )
    except (ChromaError, ValueError, httpx.HTTPError) as error:
        raise unreachable(url, error) from error
    return cast("Client", client)


def unreachable(url: str, error: Exception) -> IndexError_:
    """Return the error for a server that does not answer."""
    cause = " ".join(str(error).split())[:200] or type(error).__name__
    return IndexError_(
        f"The Chroma server at {url} cannot be reached ({cause}): start it (chroma run), or correct vectors.url and run"
        " `rag repair`; searching with mode lexical works meanwhile."
    )


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
