"""Documents into the index: incremental, resumable, published all at once."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.errors import RagDriftError
from data.records import Document
from rag.catalog import Catalog
from rag.chunk import ChunkSettings, chunk_document, embedding_text
from rag.draft import Draft, Entry, Prepared, begin_draft
from rag.errors import UnreadableDocument
from rag.keys import passage_key
from rag.language import detect_language
from rag.lock import writer_lock
from rag.protocols import Embedder
from rag.publish import publish
from rag.read import find_files, parse_document, read_bytes
from rag.windows import embed_passages

TEXTS_AT_ONCE = 256
"""Texts embedded and stored together: enough to sort by length, few enough to lose little to a kill."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did; `failed` are (source, reason) pairs, `chunks` is how many the index holds afterwards."""

    added: int
    changed: int
    removed: int
    unchanged: int
    failed: tuple[tuple[str, str], ...]
    chunks: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    source: str
    origin: str


def ingest(
    paths: Sequence[Path],
    folder: Path,
    embedder: Embedder,
    *,
    chunking: ChunkSettings,
    prune: bool = False,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    progress: Progress | None = None,
) -> IngestReport:
    """Bring the index in `folder` up to date with `paths`, files and folders.

    A file whose bytes did not change is skipped; one that cannot be read is reported, keeps its former version, and
    never stops the rest. With `prune`, documents below `paths` whose files are gone leave the index. `progress` is
    called with documents done, documents in all, and the source just stored.

    :raises IndexBusy: another process is writing.
    """
    started = time.perf_counter()
    found = find_files(paths, include=include, exclude=exclude)
    files = [_File(path, path.as_posix(), str(path.resolve())) for path in found.files]
    with writer_lock(folder):
        catalog = Catalog.create(folder)
        try:
            job = _Job(catalog, folder, embedder, chunking, progress or (lambda done, total, source: None))
            job.failed.extend(found.refused)
            job.carry_over()
            job.run(files)
            if prune:
                job.prune(paths)
            chunks = publish(catalog, folder, embedder, job.draft, _now())
        finally:
            catalog.close()
    seconds = time.perf_counter() - started
    return IngestReport(job.added, job.changed, job.removed, job.unchanged, tuple(job.failed), chunks, seconds)


class _Job:
    """The counts and the buffer of one ingest."""

    def __init__(
        self, catalog: Catalog, folder: Path, embedder: Embedder, chunking: ChunkSettings, progress: Progress
    ) -> None:
        self.added = self.changed = self.removed = self.unchanged = 0
        self.failed: list[tuple[str, str]] = []
        self.draft: Draft = begin_draft(catalog, embedder, json.dumps(asdict(chunking), sort_keys=True), _now())
        self._catalog = catalog
        self._embedder = embedder
        self._chunking = chunking
        self._progress = progress
        self._by_origin = {known.origin: source for source, known in self.draft.known.items()}
        self._buffer: list[Prepared] = []

    def run(self, files: Sequence[_File]) -> None:
        """Read, cut, embed and store what is new or changed."""
        waiting: list[tuple[int, str]] = []
        for done, file in enumerate(files, start=1):
            self._collect(self._prepare(file))
            waiting.append((done, file.source))
            if not self._buffer or done == len(files):
                self._flush()
                for position, source in waiting:
                    self._progress(position, len(files), source)
                waiting.clear()

    def carry_over(self) -> None:
        """Bring the published documents into a new generation from their stored text."""
        current = self._catalog.current()
        if current is None or current.generation == self.draft.generation:
            return
        for source, origin, digest in self._catalog.sources(current):
            document = self._catalog.document(current, source)
            if source not in self.draft.known and document is not None:
                self._collect(prepare(document, origin, digest, self._embedder, self._chunking))
        self._flush()
        self._by_origin = {known.origin: source for source, known in self.draft.known.items()}

    def prune(self, paths: Sequence[Path]) -> None:
        """Remove documents below `paths` whose files are gone."""
        roots = [path.resolve() for path in paths]
        gone = [
            source
            for source, known in self.draft.known.items()
            if any(Path(known.origin).is_relative_to(root) for root in roots) and not Path(known.origin).exists()
        ]
        self.draft.remove(gone)
        self.removed += len(gone)

    def _prepare(self, file: _File) -> Prepared | None:
        """Return what is to be stored for one file; None when it did not change or cannot be read."""
        try:
            data = read_bytes(file.path)
            digest = hashlib.sha256(data).hexdigest()
            source = file.source if file.source in self.draft.known else self._by_origin.get(file.origin, file.source)
            known = self.draft.known.get(source)
            if known is not None and known.file_hash == digest:
                self.unchanged += 1
                return None
            document = parse_document(data, file.path, source)
            prepared = prepare(document, file.origin, digest, self._embedder, self._chunking)
        except Exception as error:  # one bad file is a value of the report, whatever its reader raised
            self.failed.append((file.source, _reason(error)))
            return None
        if known is None:
            self.added += 1
        else:
            self.changed += 1
        return prepared

    def _collect(self, prepared: Prepared | None) -> None:
        if prepared is not None:
            self._buffer.append(prepared)
        if sum(len(item.entries) for item in self._buffer) >= TEXTS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if not self._buffer:
            return
        texts = {entry.key: embedding_text(entry.chunk) for item in self._buffer for entry in item.entries}
        cached = self._catalog.vectors(self.draft.space, list(texts))
        missing = [key for key in texts if key not in cached]
        vectors = embed_passages([texts[key] for key in missing], self._embedder)
        self.draft.store(self._buffer, dict(zip(missing, vectors, strict=True)))
        self._buffer.clear()


def prepare(document: Document, origin: str, digest: str, embedder: Embedder, chunking: ChunkSettings) -> Prepared:
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
    return Prepared(origin, digest, document, tuple(entries))


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, RagDriftError | OSError) else f"{type(error).__name__}: {error}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
