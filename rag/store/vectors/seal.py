"""Checksums of a published vector folder, compared before Chroma opens it.

Chroma's index files carry none: a truncated or overwritten one kills the process (SIGSEGV, measured on 1.5.9), or loads
and silently finds other neighbours. Published folders are never written again, so a mismatch is always damage. Chroma's
own database is left out: readers write notes to it, and SQLite notices damage itself.
"""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path

from rag.errors import IndexDamaged

SEAL_FILE = "seal.json"
_PIECE = 2**20


def seal(folder: Path) -> None:
    """Write the checksums of a finished folder, and everything in it through to the disk."""
    (folder / SEAL_FILE).write_text(json.dumps(_checksums(folder)), encoding="ascii")
    for path in (folder, *folder.rglob("*")):
        _sync(path)


def check_seal(folder: Path) -> None:
    """Compare a folder with its checksums.

    :raises IndexDamaged: it has none, or a file is missing, cut or altered.
    """
    try:
        sealed = json.loads((folder / SEAL_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise IndexDamaged(
            f"The vectors in {folder} are gone or incomplete: run `rag repair`, which embeds nothing again."
        ) from error
    found = _checksums(folder)
    if found != sealed:
        altered = sorted(name for name in found.keys() | sealed.keys() if found.get(name) != sealed.get(name))
        raise IndexDamaged(
            f"The vectors in {folder} are damaged ({altered[0]} is not what was written): run `rag repair`,"
            " which embeds nothing again."
        )


def _checksums(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): _checksum(path)
        for path in files
        if path.name != SEAL_FILE and not path.name.startswith("chroma.sqlite3")
    }


def _checksum(path: Path) -> str:
    value = size = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            value, size = zlib.crc32(piece, value), size + len(piece)
    return f"{size}:{value:08x}"


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
