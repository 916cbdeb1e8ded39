"""Plain text, exactly as it stands in the file."""

from __future__ import annotations

import codecs
import io

from rag.errors import UnreadableDocument
from rag.read.extracted import Extract

_SAMPLE = 65_536
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(data: bytes) -> Extract:
    """Decode plain text."""
    return Extract(decode(data))


def decode(data: bytes) -> str:
    """Return what `Path.read_text(encoding="utf-8")` returns, so that spans of it are spans of the file itself.

    A UTF-8 byte order mark stays as first character; UTF-16 is decoded when it begins with its mark.

    :raises UnreadableDocument: the bytes are binary content, or invalid UTF-8; the message names the offset.
    """
    refuse_binary(data)
    encoding = "utf-16" if data.startswith(_UTF16_MARKS) else "utf-8"
    try:
        with io.TextIOWrapper(io.BytesIO(data), encoding=encoding) as stream:
            return stream.read()
    except UnicodeError:
        raise UnreadableDocument(_why_undecodable(data, encoding)) from None


def refuse_binary(data: bytes) -> None:
    """Refuse bytes that no text holds.

    :raises UnreadableDocument: there is a zero byte, and no mark of UTF-16 before it.
    """
    if b"\x00" in data and not data.startswith(_UTF16_MARKS):
        raise UnreadableDocument(
            f"it is binary content, not text (zero byte at offset {data.index(0)}): give it its own extension."
        )


def _why_undecodable(data: bytes, encoding: str) -> str:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        sample = data[:_SAMPLE].decode(encoding, "replace")
        if sample.count("\ufffd") > 0.1 * len(sample):
            return (
                "it is binary content or an old 8-bit encoding, not text: save it as UTF-8, or give it its extension."
            )
        shown = data[error.start : error.start + 1].hex()
        return f"it is not valid {encoding.upper()} (byte 0x{shown} at offset {error.start}): save it as UTF-8."
    return f"it is not valid {encoding.upper()}: save it as UTF-8."
