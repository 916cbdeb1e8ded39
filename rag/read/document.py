"""Files to documents: which files there are to read, and the text of each one.

A file is read once into memory and parsed from there, so that what is parsed is one state of the file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.records import Document
from rag.errors import UnreadableDocument
from rag.read import braces
from rag.read.docx import read_docx
from rag.read.epub import read_epub
from rag.read.extracted import Extract
from rag.read.folder import FoundFiles, Rules, search
from rag.read.html import read_html
from rag.read.json_lines import read_json, read_json_lines
from rag.read.mail import read_mail
from rag.read.markdown import read_markdown
from rag.read.patterns import parse_patterns
from rag.read.pdf import read_pdf
from rag.read.pptx import read_pptx
from rag.read.source import braces_reader, read_python, read_source, read_sql
from rag.read.table import read_csv, read_xlsx
from rag.read.text import read_text

MAX_BYTES = 256 * 2**20
"""The largest file that is read."""

__all__ = ["KNOWN_EXTENSIONS", "MAX_BYTES", "FoundFiles", "find_files", "parse_document", "read_bytes", "read_document"]

_BRACES = {
    ".c .cc .cpp .h .hpp": braces.C,
    ".cs .java": braces.JAVA,
    ".js .jsx .ts .tsx": braces.SCRIPT,
    ".go": braces.GO,
    ".rs": braces.RUST,
    ".kt .scala .swift": braces.KOTLIN,
    ".php": braces.PHP,
}
_SOURCE_CODE = ".css .jl .lua .pl .ps1 .r .rb .sh .vue"
_READERS: dict[str, Callable[[bytes], Extract]] = {
    **dict.fromkeys(_SOURCE_CODE.split(), read_source),
    **{ending: braces_reader(language) for endings, language in _BRACES.items() for ending in endings.split()},
    **dict.fromkeys(["", ".adoc", ".ini", ".log", ".rst", ".text", ".toml", ".txt", ".yaml", ".yml"], read_text),
    **dict.fromkeys([".markdown", ".md", ".mdx"], read_markdown),
    **dict.fromkeys([".htm", ".html", ".xhtml"], read_html),
    **dict.fromkeys([".csv", ".tsv"], read_csv),
    **dict.fromkeys([".jsonl", ".ndjson"], read_json_lines),
    **dict.fromkeys([".xlsm", ".xlsx"], read_xlsx),
    ".docx": read_docx,
    ".eml": read_mail,
    ".epub": read_epub,
    ".json": read_json,
    ".pdf": read_pdf,
    ".pptx": read_pptx,
    ".py": read_python,
    ".sql": read_sql,
}
KNOWN_EXTENSIONS = frozenset(extension for extension in _READERS if extension)
"""What directories are searched for; a file without extension is read as plain text when it is given by name."""


def read_document(path: Path, source: str | None = None) -> Document:
    """Read one file; `source` is the name citations show, the path itself by default.

    :raises UnreadableDocument: the file is absent, not permitted, no regular file, empty, too large, of unknown format,
        broken, encrypted, without text, or changed while it was read; the message is the reason, without the path.
    """
    _reader_for(path)
    return parse_document(read_bytes(path), path, source)


def parse_document(data: bytes, path: Path, source: str | None = None) -> Document:
    """Turn the bytes that `read_bytes` gave for `path` into a document; see `read_document`.

    :raises UnreadableDocument: the format is not known, or the bytes are broken, encrypted or without text.
    """
    reader = _reader_for(path)
    try:
        extracted = reader(data)
    except RecursionError as error:
        raise UnreadableDocument("its elements are nested too deeply: simplify it, or convert it to text.") from error
    if not extracted.text.strip("\ufeff \t\n\f"):
        raise UnreadableDocument("it holds no text.")
    return Document(
        str(path) if source is None else source,
        extracted.text,
        extracted.pages,
        extracted.headings,
        extracted.media_type,
    )


_SETTINGS = "rag.toml"  # may hold keys and passwords, which no answer should ever quote


def find_files(paths: Sequence[Path], include: Sequence[str] = (), exclude: Sequence[str] = ()) -> FoundFiles:
    """List the files to read: those given by name, and in folders all of a known format, hidden ones left out.

    `include` and `exclude` are patterns as in .gitignore, relative to each folder; a `.ragignore` file in a folder
    holds more of them to exclude. A workspace's own rag.toml is read only when given by name. Links inside a folder
    are not followed; a link that leaves it, or leads nowhere, is refused with the reason, as are paths which do not
    exist.
    """
    return search(paths, Rules(KNOWN_EXTENSIONS, parse_patterns(include), parse_patterns((_SETTINGS, *exclude))))


def _reader_for(path: Path) -> Callable[[bytes], Extract]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(KNOWN_EXTENSIONS))
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
        raise UnreadableDocument("the file is empty.")
    if status.st_size > MAX_BYTES:
        raise UnreadableDocument(f"it has {status.st_size:,} bytes, the limit is {MAX_BYTES:,}: split it.")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be ingested: where its bytes lie, the name citations show, and what it is a copy of (path or URL)."""

    path: Path
    source: str
    origin: str
