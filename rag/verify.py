"""Check a stored citation against what its source says today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data.records import Citation, Document
from rag.locate import locate

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
