"""Footnotes that were added to an answer, taken off again when a client sends the answer back."""

from __future__ import annotations

import re

_CITED = re.compile(r"\[\d{1,4}\] [^\n]+[“(]")
NEAREST = "Nearest documents:"


def without_footnotes(text: str) -> str:
    """Return an answer as it was before footnotes, or the nearest documents, were added as its last paragraph."""
    bare = text.rstrip()
    at = bare.rfind("\n\n")
    if at < 0:
        return text
    first, *others = bare[at + 2 :].split("\n")
    added = first.strip() == NEAREST and others if not _CITED.match(first) else _all_cited(others)
    return bare[:at] if added else text


def _all_cited(lines: list[str]) -> bool:
    return all(_CITED.match(line.strip()) for line in lines)
