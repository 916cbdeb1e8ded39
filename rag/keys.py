"""The name under which the vector of a passage is kept."""

from __future__ import annotations

import hashlib

from data.records import Chunk
from rag.chunk import embedding_text


def passage_key(chunk: Chunk) -> str:
    """Name the embedded text of a passage; passages with equal texts share a vector."""
    return text_key(embedding_text(chunk))


def text_key(text: str) -> str:
    """Name an embedded text: 32 hex digits of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]
