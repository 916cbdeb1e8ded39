"""The table of readers: which function turns a file into text, by its extension, or by its media type on the web.

A reader is a function from the bytes of a file to an `Extract`. It stands in a module of its own. Its row here makes
folders be searched for its files, names given on the command line be read, and pages of the web be fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rag.read.code import braces, code_reader, grammars, read_python, read_source, read_sql
from rag.read.docx import read_docx
from rag.read.epub import read_epub
from rag.read.extracted import Extract
from rag.read.html import read_html
from rag.read.json_lines import read_json, read_json_lines
from rag.read.mail import mail_reader
from rag.read.markdown import read_markdown
from rag.read.pdf import read_pdf
from rag.read.pptx import read_pptx
from rag.read.table import read_csv, read_tsv, read_xlsx
from rag.read.text import read_text

_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class Reader:
    """A function that reads files with these extensions; a page of one of `media_types` is kept under the first.

    With `text`, files in old 8-bit encodings are decoded before. `read` raises `UnreadableDocument` with the reason, in
    one sentence without the file's name. Spans of what it returns lie in its text.
    """

    read: Callable[[bytes], Extract]
    extensions: tuple[str, ...]
    media_types: tuple[str, ...] = ()
    text: bool = False


class Readers:
    """Finds the reader of a file or of a page."""

    def __init__(self, table: Iterable[Reader]) -> None:
        self._table = tuple(table)
        self._by_extension = {extension: reader for reader in self._table for extension in reader.extensions}
        self._by_media_type = {kind: reader.extensions[0] for reader in self._table for kind in reader.media_types}
        self.extensions = frozenset(extension for extension in self._by_extension if extension)
        """What folders are searched for; a file without extension is read when it is given by name."""

    def __iter__(self) -> Iterator[Reader]:
        return iter(self._table)

    def of_extension(self, extension: str) -> Reader | None:
        """Return the reader of an extension, with its dot, in any case."""
        return self._by_extension.get(extension.lower())

    def extension_of(self, media_type: str) -> str | None:
        """Return the extension whose reader reads a media type."""
        return self._by_media_type.get(media_type)


def _reader_of_attachment(extension: str, media_type: str) -> Callable[[bytes], Extract] | None:
    """Return what reads an attachment, by its extension, else by its media type; text where it says to be text."""
    known = READERS.of_extension(extension) if extension else None
    known = known or READERS.of_extension(READERS.extension_of(media_type) or "?")
    if known is None and media_type.startswith("text/"):
        return read_text
    return known.read if known is not None else None


READERS = Readers(
    (
        Reader(read_text, ("", ".adoc", ".ini", ".log", ".rst", ".text", ".toml", ".txt", ".yaml", ".yml"), text=True),
        Reader(read_markdown, (".md", ".markdown", ".mdx"), ("text/markdown",), text=True),
        Reader(read_html, (".html", ".htm", ".xhtml"), ("text/html", "application/xhtml+xml")),
        Reader(read_pdf, (".pdf",), ("application/pdf",)),
        Reader(read_docx, (".docx",), (f"{_OFFICE}.wordprocessingml.document",)),
        Reader(read_pptx, (".pptx",), (f"{_OFFICE}.presentationml.presentation",)),
        Reader(read_xlsx, (".xlsx", ".xlsm"), (f"{_OFFICE}.spreadsheetml.sheet",)),
        Reader(read_csv, (".csv",), ("text/csv",), text=True),
        Reader(read_tsv, (".tsv", ".tab"), ("text/tab-separated-values",), text=True),
        Reader(read_json, (".json",), ("application/json",), text=True),
        Reader(read_json_lines, (".jsonl", ".ndjson"), ("application/x-ndjson",), text=True),
        Reader(mail_reader(_reader_of_attachment), (".eml",), ("message/rfc822",)),
        Reader(read_epub, (".epub",), ("application/epub+zip",)),
        Reader(read_python, (".py",), text=True),
        Reader(read_sql, (".sql",), text=True),
        Reader(code_reader(grammars.C, braces.C), (".c",), text=True),
        Reader(code_reader(grammars.CPP, braces.C), (".cpp", ".cc", ".h", ".hpp"), text=True),
        Reader(code_reader(grammars.C_SHARP, braces.JAVA), (".cs",), text=True),
        Reader(code_reader(grammars.JAVA, braces.JAVA), (".java",), text=True),
        Reader(code_reader(grammars.JAVASCRIPT, braces.SCRIPT), (".js", ".jsx"), text=True),
        Reader(code_reader(grammars.TYPESCRIPT, braces.SCRIPT), (".ts",), text=True),
        Reader(code_reader(grammars.TSX, braces.SCRIPT), (".tsx",), text=True),
        Reader(code_reader(grammars.GO, braces.GO), (".go",), text=True),
        Reader(code_reader(grammars.RUST, braces.RUST), (".rs",), text=True),
        Reader(code_reader(grammars.KOTLIN, braces.KOTLIN), (".kt",), text=True),
        Reader(code_reader(grammars.SCALA, braces.KOTLIN), (".scala",), text=True),
        Reader(code_reader(grammars.SWIFT, braces.KOTLIN), (".swift",), text=True),
        Reader(code_reader(grammars.PHP, braces.PHP), (".php",), text=True),
        Reader(code_reader(grammars.RUBY), (".rb",), text=True),
        Reader(read_source, (".css", ".jl", ".lua", ".pl", ".ps1", ".r", ".sh", ".vue"), text=True),
    )
)
