"""Files, folders and addresses become documents."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.read.addresses import AddressGuard, read_networks
    from rag.read.archive import open_archive
    from rag.read.code import definitions_told_by, is_source
    from rag.read.document import SourceFile, find_files, parse_document, read_bytes, read_document
    from rag.read.extracted import Extract, TextBuilder, TextMark, heading_spans
    from rag.read.markdown import MARKDOWN_TYPE, front_matter_end
    from rag.read.refused import screen
    from rag.read.text import decode
    from rag.read.urls import FetchResult, fetch_all, keep_stream

__all__ = [
    "MARKDOWN_TYPE",
    "AddressGuard",
    "Extract",
    "FetchResult",
    "SourceFile",
    "TextBuilder",
    "TextMark",
    "decode",
    "definitions_told_by",
    "fetch_all",
    "find_files",
    "front_matter_end",
    "heading_spans",
    "is_source",
    "keep_stream",
    "open_archive",
    "parse_document",
    "read_bytes",
    "read_document",
    "read_networks",
    "screen",
]

__getattr__ = face(
    __name__,
    {
        "addresses": ["AddressGuard", "read_networks"],
        "archive": ["open_archive"],
        "document": ["SourceFile", "find_files", "parse_document", "read_bytes", "read_document"],
        "extracted": ["Extract", "TextBuilder", "TextMark", "heading_spans"],
        "markdown": ["MARKDOWN_TYPE", "front_matter_end"],
        "refused": ["screen"],
        "code": ["definitions_told_by", "is_source"],
        "text": ["decode"],
        "urls": ["FetchResult", "fetch_all", "keep_stream"],
    },
)
