"""Files to documents: which files there are to read, and the text of each one.

A file is read once into memory and parsed from there, so that what is parsed is one state of the file.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.records import Document
from rag.errors import EmptyDocument, UnreadableDocument
from rag.read.extracted import composed_extract
from rag.read.folder import FoundFiles, Rules, search
from rag.read.readers import READERS, Reader, Readers
from rag.read.text import ReadableBytes, as_utf8

MAX_BYTES = 256 * 2**20
"""The largest file that is read."""
_VISIBLE = re.compile(r"[^\s\ufeff]")


def read_document(path: Path, source: str | None = None, readers: Readers = READERS) -> Document:
    """Read one file; `source` is the name citations show, the path itself by default.

    :raises UnreadableDocument: the file is absent, not permitted, no regular file, empty, too large, of unknown format,
        broken, encrypted, without text, or changed while it was read; the message is the reason, without the path.
    """
    _reader_for(path, readers)
    return parse_document(read_bytes(path), path, source, readers)


def parse_document(data: bytes, path: Path, source: str | None = None, readers: Readers = READERS) -> Document:
    """Turn the bytes that `read_bytes` gave for `path` into a document; see `read_document`.

    :raises UnreadableDocument: the format is not known, or the bytes are broken, encrypted or without text.
    """
    reader = _reader_for(path, readers)
    try:
        told = as_utf8(data) if reader.text else ReadableBytes(data)
        extracted = reader.read(told.data)
    except RecursionError as error:
        raise UnreadableDocument("its elements are nested too deeply: simplify it, or convert it to text.") from error
    extracted = composed_extract(extracted)
    if not _VISIBLE.search(extracted.text):
        raise EmptyDocument("it holds no text.")
    return Document(
        str(path) if source is None else source,
        extracted.text,
        extracted.pages,
        extracted.headings,
        extracted.media_type,
        (*told.notes, *extracted.notes),
    )


_SETTINGS = "rag.toml"  # may hold keys and passwords, which no answer should ever quote


def find_files(
    paths: Sequence[Path], include: Sequence[str] = (), exclude: Sequence[str] = (), readers: Readers = READERS
) -> FoundFiles:
    """List the files to read: those given by name, and in folders all of a known format, hidden ones left out.

    `include` and `exclude` are patterns as in .gitignore, relative to each folder; a `.ragignore` file in a folder
    holds more of them to exclude. A workspace's own rag.toml is read only when given by name. Links inside a folder
    are not followed; a link that leaves it, or leads nowhere, is refused with the reason, as are paths which do not
    exist, and lines of `.ragignore` that are no pattern.

    :raises InputError: `include` or `exclude` holds what is no pattern.
    """
    return search(paths, Rules.of(readers.extensions, include, (_SETTINGS, *exclude)))


def _reader_for(path: Path, readers: Readers) -> Reader:
    reader = readers.of_extension(path.suffix)
    if reader is None:
        known = ", ".join(sorted(readers.extensions))
        raise UnreadableDocument(f"the extension {path.suffix!r} is not known: convert it to one of {known}.")
    return reader


def read_bytes(path: Path) -> bytes:
    """Return one state of a file; never waits for a pipe, never reads a file that is too large.

    :raises UnreadableDocument: the file is absent, not permitted, no regular file, empty, too large, or changed while
        it was read.
    """
    try:
        # Without O_NONBLOCK, opening a pipe that was put where a document is expected would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            before = os.fstat(descriptor)
            _check_kind_and_size(before)
            data = file.read(MAX_BYTES + 1)
            after = os.fstat(descriptor)
    except FileNotFoundError as error:
        raise UnreadableDocument("there is no such file (any more).") from error
    except PermissionError as error:
        raise UnreadableDocument("reading it is not permitted: change its access rights.") from error
    except OSError as error:
        raise UnreadableDocument(f"it cannot be read ({error.strerror}).") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise UnreadableDocument("it was changed while it was read: ingest it again when it is complete.")
    return data


def _check_kind_and_size(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableDocument("it is not a regular file.")
    if status.st_size == 0:
        raise EmptyDocument("the file is empty.")
    if status.st_size > MAX_BYTES:
        raise UnreadableDocument(f"it has {status.st_size:,} bytes, the limit is {MAX_BYTES:,}: split it.")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be ingested: where its bytes lie, the name citations show, and what it is a copy of (path or URL)."""

    path: Path
    source: str
    origin: str
