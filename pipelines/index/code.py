"""What told the definitions in files of code: the grammar of the language, or their shape alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from data.extras import MissingLibraryError, require
from data.text import plural


def code_lines(code: Mapping[str, int]) -> list[str]:
    """Return how many files of code were cut by what, and which extra would cut better; nothing without such files."""
    told = {"by grammar": code.get("grammar", 0), "by shape alone": code.get("shape", 0)}
    shown = [f"{plural(count, 'file')} of code cut {how}" for how, count in told.items() if count]
    if not shown:
        return []
    advice = _missing() if code.get("shape") else ""
    return [", ".join(shown) + (f". {advice}" if advice else "")]


def _missing() -> str:
    try:
        require("code", "The grammar")
    except MissingLibraryError as error:
        return str(error)
    return ""


def told_definitions(media_types: Mapping[str, int]) -> dict[str, int]:
    """Count the documents of each way in which definitions were told."""
    from rag.read import definitions_told_by

    counts: Counter[str] = Counter()
    for media_type, documents in media_types.items():
        if told := definitions_told_by(media_type):
            counts[told] += documents
    return dict(counts)
