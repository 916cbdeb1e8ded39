"""What lies in a folder of documents without being one: golden cases and logs of answers.

Indexed, they would answer their own questions: an evaluation would find the expected answers, and yesterday's mistakes
would become today's evidence. They are refused with the reason where a folder was given, and read where they are named.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from rag.read.folder import FoundFiles

_EXTENSIONS = frozenset({".jsonl", ".ndjson"})
_LONGEST_LINE = 2**20
_CASE_KEYS = frozenset({"answers", "evidence", "must_abstain"})
_INTERACTION_KEYS = frozenset({"id", "at", "answer"})


def screen(found: FoundFiles, paths: Sequence[Path]) -> FoundFiles:
    """Take out of what was found in folders the files that hold golden cases or interactions."""
    named = {os.path.realpath(path) for path in paths if not path.is_dir()}
    files: list[Path] = []
    refused = list(found.refused)
    for file in found.files:
        kind = "" if os.path.realpath(file) in named else _looks_like(file)
        if kind:
            reason = (
                f"it holds {kind}, which are no documents: name it in .ragignore, or give its own path to index it."
            )
            refused.append((str(file), reason))
        else:
            files.append(file)
    return FoundFiles(tuple(files), tuple(refused), found.passed_over)


def _looks_like(path: Path) -> str:
    if path.suffix.lower() not in _EXTENSIONS:
        return ""
    try:
        with path.open("rb") as stream:
            first = json.loads(stream.readline(_LONGEST_LINE))
    except (OSError, ValueError):
        return ""  # its reader says what is wrong with it
    if not isinstance(first, dict) or not isinstance(first.get("question"), str):
        return ""
    if first.keys() & _CASE_KEYS:
        return "golden cases"
    return "logged interactions" if first.keys() >= _INTERACTION_KEYS else ""
