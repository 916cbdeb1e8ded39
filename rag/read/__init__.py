"""Files, folders and addresses become documents."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.read.addresses import AddressGuard, read_networks
    from rag.read.document import SourceFile, find_files, parse_document, read_bytes, read_document
    from rag.read.markdown import MARKDOWN_TYPE, front_matter_end
    from rag.read.refused import screen
    from rag.read.source import SOURCE_TYPE
    from rag.read.urls import FetchResult, fetch_all, keep_stream

__all__ = [
    "AddressGuard",
    "read_networks",
    "FetchResult",
    "MARKDOWN_TYPE",
    "SOURCE_TYPE",
    "SourceFile",
    "fetch_all",
    "find_files",
    "front_matter_end",
    "keep_stream",
    "parse_document",
    "read_bytes",
    "read_document",
    "screen",
]

__getattr__ = face(
    __name__,
    {
        "addresses": ["AddressGuard", "read_networks"],
        "document": ["SourceFile", "find_files", "parse_document", "read_bytes", "read_document"],
        "markdown": ["MARKDOWN_TYPE", "front_matter_end"],
        "refused": ["screen"],
        "source": ["SOURCE_TYPE"],
        "urls": ["FetchResult", "fetch_all", "keep_stream"],
    },
)
