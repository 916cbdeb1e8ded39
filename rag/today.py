"""The text that a source has today: in its file, for the index may be older."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from data.records import Document
from rag.errors import UnreadableDocument
from rag.read import parse_document, read_bytes


class Sources(Protocol):
    """What the index knows of its sources."""

    def origins(self) -> dict[str, tuple[str, str]]:
        """Return what each source was read from, its resolved path or URL, and the SHA-256 of the bytes read."""
        ...

    def document(self, source: str) -> Document:
        """Return the stored text of a source."""
        ...


@dataclass(frozen=True, slots=True)
class Today:
    """A source as it is now, None where there is none any more, and what is to be told of it."""

    document: Document | None
    note: str = ""


def read_today(sources: Sources, source: str) -> Today:
    """Return a source as its file holds it now.

    A URL, standard input, and a file whose folder is not on this machine cannot be looked at again: the index speaks
    for them.
    """
    origin, digest = sources.origins().get(source, ("", ""))
    if not origin:
        return Today(None, "it is no longer indexed")
    path = Path(origin)
    if not path.is_absolute():
        return Today(sources.document(source))
    if not path.parent.is_dir():
        return Today(sources.document(source), f"checked in the index: {path.parent} is not on this machine")
    if not path.exists():
        return Today(None, "its file is gone, and still in the index: rag ingest --prune takes it out")
    return _reread(sources, source, path, digest)


def _reread(sources: Sources, source: str, path: Path, digest: str) -> Today:
    try:
        data = read_bytes(path)
        if hashlib.sha256(data).hexdigest() == digest:
            return Today(sources.document(source))
        return Today(parse_document(data, path, source), "its file is newer than the index: run rag ingest")
    except UnreadableDocument as error:
        return Today(None, f"its file cannot be read any more: {error}")
