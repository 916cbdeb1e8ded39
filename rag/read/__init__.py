"""Files, folders and addresses become documents."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.read.addresses import AddressGuard, read_networks
    from rag.read.archive import open_archive
    from rag.read.code import definitions_told_by, is_source
    from rag.read.document import SourceFile, find_files, parse_document, read_bytes, read_document
    from rag.read.encodings import guess_text
    from rag.read.extracted import Extract, TextBuilder, TextMark, heading_spans
    from rag.read.folder import FoundFiles
    from rag.read.html import read_html
    from rag.read.markdown import MARKDOWN_TYPE, front_matter_end
    from rag.read.refused import screen
    from rag.read.text import as_utf8, decode
    from rag.read.urls import FetchResult, fetch_all, keep_stream

__all__ = [
    "AddressGuard",
    "Extract",
    "FetchResult",
    "FoundFiles",
    "MARKDOWN_TYPE",
    "SourceFile",
    "TextBuilder",
    "TextMark",
    "as_utf8",
    "decode",
    "definitions_told_by",
    "fetch_all",
    "find_files",
    "front_matter_end",
    "guess_text",
    "heading_spans",
    "is_source",
    "keep_stream",
    "open_archive",
    "parse_document",
    "read_bytes",
    "read_document",
    "read_html",
    "read_networks",
    "screen",
]

__getattr__ = face(
    __name__,
    {
        "addresses": ["AddressGuard", "read_networks"],
        "archive": ["open_archive"],
        "code": ["definitions_told_by", "is_source"],
        "document": ["SourceFile", "find_files", "parse_document", "read_bytes", "read_document"],
        "encodings": ["guess_text"],
        "extracted": ["Extract", "TextBuilder", "TextMark", "heading_spans"],
        "folder": ["FoundFiles"],
        "html": ["read_html"],
        "markdown": ["MARKDOWN_TYPE", "front_matter_end"],
        "refused": ["screen"],
        "text": ["as_utf8", "decode"],
        "urls": ["FetchResult", "fetch_all", "keep_stream"],
    },
)
