"""The text that a source has today: in its file, for the index may be older."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from data.records import Citation, Document
from rag.answer.location import locate
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
class CurrentSource:
    """A source as it is now, None where there is none any more, and what is to be told of it."""

    document: Document | None
    note: str = ""


def read_today(sources: Sources, source: str) -> CurrentSource:
    """Return a source as its file holds it now.

    A URL, standard input, and a file whose folder is not on this machine cannot be looked at again: the index speaks
    for them.
    """
    origin, digest = sources.origins().get(source, ("", ""))
    if not origin:
        return CurrentSource(None, "it is no longer indexed")
    path = Path(origin)
    if not path.is_absolute():
        return CurrentSource(sources.document(source))
    if not path.parent.is_dir():
        return CurrentSource(sources.document(source), f"checked in the index: {path.parent} is not on this machine")
    if not path.exists():
        return CurrentSource(None, "its file is gone, and still in the index: rag ingest --prune takes it out")
    return _reread(sources, source, path, digest)


def _reread(sources: Sources, source: str, path: Path, digest: str) -> CurrentSource:
    try:
        data = read_bytes(path)
        if hashlib.sha256(data).hexdigest() == digest:
            return CurrentSource(sources.document(source))
        return CurrentSource(parse_document(data, path, source), "its file is newer than the index: run rag ingest")
    except UnreadableDocument as error:
        return CurrentSource(None, f"its file cannot be read any more: {error}")


Status = Literal["supported", "moved", "changed", "gone", "unsupported"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of a citation.

    "supported": the quote stands where it stood. "moved": it stands elsewhere in the same source, at ``[start, end)``.
    "changed": it is no longer there, and ``[start, end)`` is what comes nearest to it now, if anything does. "gone":
    there is no such source any more. "unsupported": it never was evidence. `now` is the source's text at the span,
    `note` what else is to be told of the source.
    """

    citation: Citation
    status: Status
    start: int
    end: int
    now: str
    note: str = ""


def verify_citation(citation: Citation, document: Document | None) -> Verification:
    """Compare `citation` with `document`, today's version of its source; None when there is none."""
    if not citation.supported:
        return Verification(citation, "unsupported", citation.start, citation.end, citation.quote)
    if document is None:
        return Verification(citation, "gone", 0, 0, "")
    if document.text[citation.start : citation.end] == citation.quote:
        return Verification(citation, "supported", citation.start, citation.end, citation.quote)
    found = locate(citation.quote, document.text)
    if found is None:
        return Verification(citation, "changed", 0, 0, "")
    status: Status = "moved" if found.how == "exact" else "changed"
    return Verification(citation, status, found.start, found.end, document.text[found.start : found.end])


def verify_citations(sources: Sources, citations: Sequence[Citation]) -> list[Verification]:
    """Compare each citation with the text that its source has today."""
    today = {source: read_today(sources, source) for source in {item.source for item in citations}}
    return [
        replace(verify_citation(item, today[item.source].document), note=today[item.source].note) for item in citations
    ]
