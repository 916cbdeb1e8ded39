"""Plain text, exactly as it stands in the file."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass

from rag.errors import UnreadableDocument
from rag.read.encodings import guess_text
from rag.read.extracted import Extract

_SAMPLE = 65_536
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class ReadableBytes:
    """The bytes of a text in an encoding that is read, and what is to be said of how they came to it."""

    data: bytes
    notes: tuple[str, ...] = ()


def as_utf8(data: bytes) -> ReadableBytes:
    """Return a text in UTF-8 where it is in an old 8-bit encoding that can be told; else as it is."""
    if data.startswith(_UTF16_MARKS) or b"\x00" in data:
        return ReadableBytes(data)
    try:
        data.decode("utf-8")
        return ReadableBytes(data)
    except UnicodeDecodeError as error:
        guess = guess_text(data) if _is_old_encoding(data, error.start) else None
    if guess is None:
        return ReadableBytes(data)
    shown = guess.encoding.replace("_", "-")
    return ReadableBytes(guess.text.encode(), (f"it is not in UTF-8; its encoding was guessed to be {shown}.",))


def _is_old_encoding(data: bytes, at: int) -> bool:
    """Tell an old encoding from damaged UTF-8, in which some letters are whole."""
    sample = data[:_SAMPLE]
    beyond = sum(byte >= 0x80 for byte in sample)
    kept = sum(sign > "\x7f" for sign in sample.decode("utf-8", "ignore"))
    return at < _SAMPLE and 4 * kept < beyond and not _CONTROL.search(sample)


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
