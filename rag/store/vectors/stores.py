"""The kinds of vector stores, and which of them a revision is in: the one place where a new kind is listed.

The folder of each revision says which kind it is of, so published revisions stay where they are when the settings
change, and readers find them without a setting.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from threading import Thread

from data.errors import SettingsError
from rag.errors import IndexDamaged
from rag.protocols import VectorStore
from rag.store import VectorsSettings
from rag.store.vectors.chroma_folder import ChromaFolder
from rag.store.vectors.chroma_server import POINTER, ChromaServer, read_pointer
from rag.store.vectors.placement import forget_placement, read_note, read_placement, remember_key, write_placement

STORES: dict[str, type[VectorStore]] = {"chroma": ChromaFolder, "chroma-server": ChromaServer}
"""All kinds by the name that settings give them."""

KIND = "store.json"


def check_store(settings: VectorsSettings) -> None:
    """Refuse settings that name no store.

    :raises SettingsError: there is no store of that name.
    """
    if _named(settings) not in STORES:
        raise SettingsError(f"vectors.store is {settings.store!r}: known are {', '.join(STORES)}.")


def lying_elsewhere(folder: Path, settings: VectorsSettings) -> str:
    """Say where the vectors of a revision's folder lie, if settings name another place; empty where they agree."""
    pointer = read_pointer(folder)
    found = (_recorded(folder), pointer.server.url if pointer else "")
    wanted = (_named(settings), settings.url)
    if found == wanted:
        return ""
    here, there = (f"{url or 'the workspace'} ({kind})" for kind, url in (found, wanted))
    return f"The vectors lie in {here}, though [vectors] of rag.toml names {there}: move them with `rag repair`."


def place_vectors(folder: Path, settings: VectorsSettings) -> None:
    """Say where coming revisions of the index in `folder` keep their vectors.

    Published revisions stay where they are; `rag repair` moves the current one. The key of a server is known from here
    on.

    :raises SettingsError: there is no store of that name, or the URL names no server.
    """
    check_store(settings)
    remember_key(settings)
    if _named(settings) == "chroma":
        forget_placement(folder)
    else:
        write_placement(folder, settings)


def create_vectors(folder: Path, embedder: str) -> VectorStore:
    """Make the store of a new revision in its `folder`, of the kind that the index is placed in now."""
    name = _named(read_placement(_index_folder(folder)))
    store = _kind(name, folder)
    (folder / KIND).write_text(json.dumps({"store": name}), encoding="ascii")
    return store.create(folder, embedder)


def open_vectors(folder: Path, embedder: str) -> VectorStore:
    """Open the store of a revision.

    :raises IndexDamaged: it is gone, cannot be opened, or holds the vectors of another embedder.
    """
    return _kind(_recorded(folder), folder).open(folder, embedder)


def copy_vectors(source: Path, target: Path) -> bool:
    """Copy the store of a published revision to start the next from; return False where that cannot be done."""
    name = _recorded(source)
    return name == _named(read_placement(_index_folder(target))) and _kind(name, source).copy(source, target)


@contextmanager
def importing_ahead(folder: Path) -> Iterator[Callable[[], None]]:
    """Give a way to begin importing what the vectors of the index in `folder` need.

    That takes most of a second for Chroma, and the embedder needs no Python meanwhile. The import is over when the
    block is left: a process that ended in its midst would print its traceback.
    """
    library = _kind(_named(read_placement(folder)), folder).library
    begun: list[Thread] = []

    def load() -> None:
        with suppress(ImportError):  # whoever opens the store meets it again and says so
            import_module(library)

    def begin() -> None:
        if library and not begun:
            begun.append(Thread(target=load, name=f"import {library}"))
            begun[0].start()

    try:
        yield begin
    finally:
        for thread in begun:
            thread.join()


def _named(settings: VectorsSettings) -> str:
    """Return the kind that settings name; Chroma is a server where there is an address, else a folder."""
    if settings.store not in {"", "chroma"}:
        return settings.store
    return "chroma-server" if settings.url else "chroma"


def _recorded(folder: Path) -> str:
    """Return the kind that the folder of a revision names; older folders are told by what lies in them."""
    noted = read_note(folder / KIND).get("store")
    return noted or ("chroma-server" if (folder / POINTER).is_file() else "chroma")


def _kind(name: str, folder: Path) -> type[VectorStore]:
    if name not in STORES:
        raise IndexDamaged(
            f"The vectors in {folder} are in a store of kind {name!r}, which this version does not know: install one"
            " that does, or run `rag repair`, which embeds nothing again."
        )
    return STORES[name]


def _index_folder(folder: Path) -> Path:
    """Return the folder of the index that the folder of a revision lies in."""
    return folder.parent.parent
