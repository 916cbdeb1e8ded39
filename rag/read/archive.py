"""Zip containers (docx, pptx, xlsx, epub), opened only when they are whole and of sane size."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib

from data.errors import cause
from rag.errors import UnreadableDocument

MAX_UNPACKED = 512 * 2**20
"""The most bytes all members of an archive may unpack to."""
MAX_RATIO = 200
"""The most bytes one packed byte may stand for; office files stay below 50."""

_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, EOFError, OSError, ValueError)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_FLAG = 0x1
_PIECE = 2**20


def open_archive(data: bytes, member: str, *, kind: str) -> zipfile.ZipFile:
    """Open the archive in `data`, which must hold `member`; `kind` names the format in messages ("DOCX").

    Every member is unpacked once in small pieces to check it, so that the parsers meet no damage of this level. The
    sizes an archive declares are limits: zipfile never unpacks more of a member, so a false declaration hides no bomb.

    :raises UnreadableDocument: not an archive, encrypted, `member` is absent, or unpacking would take too much memory.
    """
    if data.startswith(_OLE_MAGIC):
        raise UnreadableDocument(f"it is encrypted or in the old binary format: save it as {kind} without a password.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE as error:
        raise UnreadableDocument(
            f"it is no whole {kind} file ({cause(error)}): save it again in its program."
        ) from error
    members = archive.infolist()
    if any(item.flag_bits & _ENCRYPTED_FLAG for item in members):
        raise UnreadableDocument(f"the {kind} file is encrypted with a password: save a copy without one.")
    unpacked = sum(item.file_size for item in members)
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 2**16):
        raise UnreadableDocument(
            f"it would unpack from {len(data):,} to {unpacked:,} bytes, which looks like a zip bomb:"
            f" the limits are {MAX_UNPACKED:,} bytes and {MAX_RATIO} times the file."
        )
    if member not in archive.NameToInfo:
        raise UnreadableDocument(f"it is a zip archive without {member}, so no {kind} file: give it its extension.")
    _check_members(archive, kind)
    return archive


def _check_members(archive: zipfile.ZipFile, kind: str) -> None:
    for item in archive.infolist():
        try:
            with archive.open(item) as member:
                while member.read(_PIECE):
                    pass
        except _DAMAGE as error:
            raise UnreadableDocument(
                f"{item.filename} in the {kind} file is damaged ({cause(error)}): save it again in its program."
            ) from error
