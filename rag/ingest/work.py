"""What is done to one document of an ingest, wherever it is done, and the engine that does it here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

from data.errors import SilentDriftError
from data.extras import missing_library
from data.records import Document
from data.text import detect_language
from rag.chunk import ChunkSettings, chunk_document, passage_key
from rag.errors import EmptyDocument, UnreadableDocument
from rag.protocols import Embedder, Entry, PreparedDocument, Task, TaskResult, Work
from rag.read import parse_document, read_bytes


class LocalEngine:
    """Work on one task after the other in this process, and leave embedding to the ingest, which does it in bulk."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def run(self, tasks: Iterable[Task], work: Work, cached: Callable[[], set[str]]) -> Iterator[TaskResult]:
        """Yield what becomes of each task."""
        return (work(task, self._embedder) for task in tasks)


def work_on(task: Task, embedder: Embedder, chunking: ChunkSettings) -> TaskResult:
    """Read and cut one document; nothing a bad file does is raised."""
    try:
        if task.document is not None:
            return TaskResult(task, prepare(task.document, task.origin, task.known_hash, embedder, chunking))
        data = read_bytes(task.path)
        digest = hashlib.sha256(data).hexdigest()
        if digest == task.known_hash:
            return TaskResult(task)
        document = parse_document(data, task.path, task.source)
        return TaskResult(task, prepare(document, task.origin, digest, embedder, chunking))
    except Exception as error:  # one bad file is a value of the report, whatever its reader raised
        return TaskResult(task, failure=_reason(error), empty=isinstance(error, EmptyDocument))


def prepare(
    document: Document, origin: str, digest: str, embedder: Embedder, chunking: ChunkSettings
) -> PreparedDocument:
    """Cut a document and name the texts to be embedded.

    :raises UnreadableDocument: its text cannot be stored.
    """
    try:
        document.text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnreadableDocument(
            f"its text holds half a character pair at position {error.start}: save it as UTF-8 again."
        ) from error
    language = detect_language(document.text, "en")
    chunks = chunk_document(document, embedder.count_tokens, chunking)
    entries = (Entry(passage_key(chunk), detect_language(chunk.text, language), chunk) for chunk in chunks)
    return PreparedDocument(origin, digest, document, tuple(entries))


def _reason(error: Exception) -> str:
    error = missing_library(error, "reading it") or error
    return str(error) if isinstance(error, SilentDriftError | OSError) else f"{type(error).__name__}: {error}"
