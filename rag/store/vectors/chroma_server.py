"""Vectors at a Chroma server instead of in a folder: one collection per revision, which is never written again.

The folder of such a revision holds only a pointer to its collection, so everything that lends, seals, rolls back and
forgets folders works unchanged. Collections whose folder is gone are deleted when the next revision is written.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast
from urllib.parse import urlsplit

from data.errors import SettingsError, cause
from data.extras import needed_by
from rag.errors import IndexDamaged, IndexProblem
from rag.store import VectorsSettings, vectors_failed
from rag.store.vectors.chroma_collection import ChromaCollection, find_collection, make_collection, opening_errors
from rag.store.vectors.placement import index_name, key_headers, noted, read_note, read_placement, settings_of

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

POINTER = "server.json"
_COLLECTIONS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Pointer:
    """A collection at a Chroma server."""

    server: VectorsSettings
    collection: str


class ChromaServer(ChromaCollection):
    """A collection at a server."""

    def __init__(self, client: Client, collection: Collection, folder: Path, server: VectorsSettings) -> None:
        super().__init__(client, collection, folder)
        self._server = server

    @classmethod
    def create(cls, folder: Path, embedder: str) -> Self:
        """Make a collection at the server that the index is placed at, and note it in the folder.

        :raises IndexProblem: the server cannot be reached.
        :raises SettingsError: the index is placed at no server.
        """
        pointer = _new_pointer(folder)
        client = connect(pointer.server)
        try:
            made = cls(client, make_collection(client, pointer.collection, embedder), folder, pointer.server)
            forget_collections(client, folder)
        except opening_errors() as error:
            disconnect(client)
            raise _explain(folder, pointer.server, "written", error) from error
        return made

    @classmethod
    def open(cls, folder: Path, embedder: str) -> Self:
        """Open the collection that a folder points to.

        :raises IndexDamaged: it is gone, or holds the vectors of another embedder.
        :raises IndexProblem: the server cannot be reached.
        """
        pointer = read_pointer(folder)
        if pointer is None:
            raise IndexDamaged(f"The vectors in {folder} are gone: run `rag repair`, which embeds nothing again.")
        client = connect(pointer.server)
        try:
            return cls(client, find_collection(client, pointer.collection, embedder, folder), folder, pointer.server)
        except opening_errors() as error:
            disconnect(client)
            raise _explain(folder, pointer.server, "read", error) from error
        except IndexDamaged:
            disconnect(client)
            raise

    @classmethod
    def copy(cls, source: Path, target: Path) -> bool:
        """Return False: a server copies no collection."""
        del source, target
        return False

    def close(self) -> None:
        """Release the collection, and the connections to its server."""
        disconnect(self._client)

    def _failed(self, what: str, error: Exception) -> IndexProblem:
        return _explain(self.folder, self._server, what, error)


def _explain(folder: Path, server: VectorsSettings, what: str, error: Exception) -> IndexProblem:
    import httpx

    if isinstance(error, httpx.HTTPError):
        return unreachable(server, error)
    return vectors_failed(folder, f"cannot be {what} ({cause(error)})")


def read_pointer(folder: Path) -> Pointer | None:
    """Return which collection holds the vectors of a revision's folder; None when they are not at a server."""
    found = read_note(folder / POINTER)
    return Pointer(settings_of(found), found["collection"]) if found else None


def _new_pointer(folder: Path) -> Pointer:
    """Choose a collection for a new folder, and note it there."""
    placed = read_placement(folder.parent.parent)
    if not placed.url:
        raise SettingsError("vectors.store is 'chroma-server', which needs an address: set vectors.url.")
    pointer = Pointer(placed, f"{_prefix(folder)}{folder.name}-{secrets.token_hex(4)}")
    (folder / POINTER).write_text(json.dumps({**noted(placed), "collection": pointer.collection}))
    return pointer


@needed_by("The index")
def connect(server: VectorsSettings) -> Client:
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
            headers=key_headers(server),
            settings=Settings(anonymized_telemetry=False),
            tenant=server.tenant or DEFAULT_TENANT,
            database=server.database or DEFAULT_DATABASE,
        )
    except (ChromaError, ValueError, httpx.HTTPError) as error:
        raise unreachable(server, error) from error
    return cast("Client", client)


def disconnect(client: Client) -> None:
    """Close a client and its connections, which Chroma's own `close` leaves open: one of its own, one as admin."""
    import httpx

    client.close()
    for holder in (client, getattr(client, "_admin_client", None)):
        session = getattr(getattr(holder, "_server", None), "_session", None)
        if isinstance(session, httpx.Client):
            session.close()


def unreachable(server: VectorsSettings, error: Exception) -> IndexProblem:
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


def _refuses(server: VectorsSettings) -> bool:
    """Ask the server itself whether it lets us in: Chroma's client tells a refusal by a proxy in words alone."""
    import httpx

    try:
        status = httpx.get(f"{server.url.rstrip('/')}/api/v2/auth/identity", headers=key_headers(server), timeout=10)
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


def _prefix(folder: Path) -> str:
    """Return what the names of this index's collections begin with; a copy of the index elsewhere has its own."""
    index = f"{index_name(folder.parent.parent) or None}\x00{folder.parent.resolve()}"
    return f"rag-{hashlib.sha256(index.encode()).hexdigest()[:12]}-"
