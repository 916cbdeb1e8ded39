"""Where to look instead, when the documents did not answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten

from data.records import Hit

_HEADING = re.compile(r"^#{1,6} .*$", re.MULTILINE)
_NEAREST = 3
_GLIMPSE = 140


@dataclass(frozen=True, slots=True)
class NearestPassage:
    """The passage of a document that comes nearest to a question, and how its text begins."""

    source: str
    page: int | None
    heading: str
    start: int
    end: int
    text: str


def nearest_documents(hits: Sequence[Hit]) -> list[NearestPassage]:
    """Return the best passage of each of the nearest documents."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.chunk.source, hit)
    chunks = [hit.chunk for hit in list(best.values())[:_NEAREST]]
    return [
        NearestPassage(
            chunk.source,
            chunk.page,
            chunk.heading,
            chunk.start,
            chunk.end,
            shorten(_HEADING.sub("", chunk.text), _GLIMPSE, placeholder=" …"),
        )
        for chunk in chunks
    ]
