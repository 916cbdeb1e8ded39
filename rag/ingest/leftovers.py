"""Documents in the index whose files should no longer be there: gone, moved, excluded, emptied."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.read import FoundFiles

_GONE = "its file is gone"
_EXCLUDED = "its file is excluded"
_EMPTIED = "its file was emptied"


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What a document of the index was read from: the resolved path, and the SHA-256 of its bytes."""

    origin: str
    digest: str


def find_leftovers(
    paths: Sequence[Path],
    found: FoundFiles,
    known: Mapping[str, KnownFile],
    *,
    emptied: Collection[str] = (),
    present: Mapping[str, str],
) -> dict[str, str]:
    """Return the documents to be removed, each with the reason.

    Those are documents below `paths` whose files are gone, `emptied` or in a searched folder and not among the files
    `found` there, and documents from anywhere whose file is gone and lies now among those `present`, which maps the
    hash of each file of this ingest to its source. Where a folder cannot be read, nothing in it is taken for gone.
    """
    roots = [path.resolve() for path in paths]
    folders = [root for root in roots if root.is_dir()]
    selected = {os.path.realpath(file) for file in found.files}
    refused = {Path(os.path.realpath(path)) for path, _ in found.refused if os.path.lexists(path)}
    reasons: dict[str, str] = {}
    for source, file in known.items():
        path = Path(file.origin)
        if not path.is_absolute() or refused & {path, *path.parents}:
            continue
        moved_to = present.get(file.digest, "")
        if _is_gone(path):
            if any(path.is_relative_to(root) for root in roots) or moved_to:
                reasons[source] = f"{_GONE}, and the same stands in {moved_to}" if moved_to else _GONE
        elif source in emptied:
            reasons[source] = _EMPTIED
        elif file.origin not in selected and any(path.is_relative_to(folder) for folder in folders):
            reasons[source] = _EXCLUDED
    return reasons


def not_known(found: FoundFiles, known: Mapping[str, KnownFile]) -> list[tuple[str, str]]:
    """Return what was refused, but for paths that are gone and whose documents the index knows."""
    origins = [Path(file.origin) for file in known.values()]

    def is_known(path: Path) -> bool:
        return not os.path.lexists(path) and any(origin.is_relative_to(path.resolve()) for origin in origins)

    return [(path, reason) for path, reason in found.refused if not is_known(Path(path))]


def _is_gone(path: Path) -> bool:
    """Tell whether there is no such file; one in a folder that may not be looked into is not known to be gone."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
