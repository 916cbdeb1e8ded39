"""Documents into the index: incremental, resumable, published all at once."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rag.chunk import ChunkSettings, embedding_text
from rag.errors import CandidateRefusal
from rag.index import collapse_near_duplicates, sketch_ahead
from rag.ingest.ahead import EmbeddingQueue, Vectors, embedding_ahead
from rag.ingest.ingest_report import IngestReport
from rag.ingest.leftovers import KnownFile, find_leftovers, not_known
from rag.ingest.publish import Accept, publish
from rag.ingest.settings import IngestSettings
from rag.ingest.work import LocalEngine, work_on
from rag.protocols import Embedder, Engine, PreparedDocument, Task, TaskResult
from rag.read import FoundFiles, SourceFile, definitions_told_by, find_files, screen
from rag.store import Catalog, Revision, RevisionDraft, begin_draft, writer_lock
from rag.store.vectors import importing_ahead

_DEFAULT = IngestSettings()
FORMER_STAYS = "Its former version stays in the index."

TEXTS_AT_ONCE = 256
"""Texts embedded and stored together: few transactions, little lost to a kill."""

_TEXTS_AT_FIRST = 32
"""The first lot is smaller, and each one after it twice as large, so that embedding begins at once."""

Progress = Callable[[int, int, str], None]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def ingest(  # noqa: PLR0913 - one keyword per option of the command
    paths: Sequence[Path],
    folder: Path,
    embedder: Embedder,
    *,
    chunking: ChunkSettings,
    prune: bool = False,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    extra: Sequence[SourceFile] = (),
    progress: Progress | None = None,
    engine: Engine | None = None,
    accept: Accept | None = None,
    collapse_duplicates: bool = _DEFAULT.collapse_duplicates,
    texts_at_once: int = TEXTS_AT_ONCE,
    now: Callable[[], str] = _now,
) -> IngestReport:
    """Bring the index in `folder` up to date with `paths`, files and folders, and with `extra` files under other names.

    A file whose bytes did not change is skipped; one that cannot be read is reported, keeps its former version, and
    never stops the rest. Golden cases and logs found in a folder are refused too. With `prune`, documents below `paths`
    whose files are gone, excluded or emptied leave the index, and documents whose files moved there. `progress` is
    called with documents done, documents in all, and the source just stored. `engine` reads and cuts, and may embed,
    elsewhere; this process alone stores and publishes.

    Where embedder or chunking have changed, `accept` is shown the new index and may refuse it: the former one then
    stays published, and the new one is kept for an ingest that accepts it. Without `collapse_duplicates` searches
    return each of several passages that are nearly the same. `texts_at_once` is how many are embedded, and then
    stored, together; `now` tells the time that revisions are dated with.

    :raises IndexBusy: another process is writing.
    """
    started = time.perf_counter()
    found = screen(find_files(paths, include=include, exclude=exclude), paths)
    files = [*source_files(found.files), *extra]
    with writer_lock(folder):
        catalog = Catalog.create(folder)
        try:
            collapse_near_duplicates(catalog, collapse_duplicates)
            with importing_ahead(folder) as import_vectors, embedding_ahead(embedder, import_vectors) as ahead:
                job = _Job(
                    begin_draft(catalog, embedder, json.dumps(asdict(chunking), sort_keys=True), now()),
                    catalog,
                    ahead,
                    chunking,
                    progress or (lambda done, total, source: None),
                    texts_at_once,
                )
                job.carry_over(engine or LocalEngine(embedder))
                job.failed.extend(not_known(found, job.known_files()))
                job.run(files, engine or LocalEngine(embedder))
            reasons = job.leftovers(paths, found)
            gone = list(reasons)
            if prune:
                job.prune(gone)
            else:
                job.failed.extend(job.emptied.items())
            chunks, refused = _publish(catalog, folder, embedder, job.draft, accept, now())
        finally:
            catalog.close()
    seconds = time.perf_counter() - started
    return IngestReport(
        job.added,
        job.changed,
        job.removed,
        job.unchanged,
        tuple(job.failed),
        chunks,
        seconds,
        refused,
        gone=() if prune else tuple(gone),
        passed_over=dict(found.passed_over),
        code=dict(job.code),
        notes=tuple(job.notes),
        reasons=reasons,
    )


def _publish(
    catalog: Catalog, folder: Path, embedder: Embedder, draft: RevisionDraft, accept: Accept | None, now: str
) -> tuple[int, str]:
    """Return how many chunks the index holds, and why its draft was refused."""
    try:
        return publish(catalog, folder, embedder, draft, now, accept), ""
    except CandidateRefusal as error:
        current = catalog.current()
        return current.chunks if current is not None else 0, str(error)


@dataclass(frozen=True, slots=True)
class _Lot:
    """Documents whose texts are being embedded, the vectors they came with, and the files to report when stored."""

    documents: tuple[PreparedDocument, ...]
    given: Vectors
    texts: Mapping[str, str]
    made: Future[Vectors]
    files: tuple[tuple[int, str], ...]


class _Job:
    """The counts of one ingest, what is read but not yet being embedded, and the lot that is."""

    def __init__(
        self,
        draft: RevisionDraft,
        catalog: Catalog,
        ahead: EmbeddingQueue,
        chunking: ChunkSettings,
        progress: Progress,
        texts_at_once: int,
    ) -> None:
        self.added = self.changed = self.removed = self.unchanged = 0
        self.failed: list[tuple[str, str]] = []
        self.code: Counter[str] = Counter()
        self.notes: list[tuple[str, str]] = []
        self.emptied: dict[str, str] = {}
        """Documents with a former version whose files were emptied, each with the reason to refuse it."""
        self.draft = draft
        self._catalog = catalog
        self._ahead = ahead
        self._work = partial(work_on, chunking=chunking)
        self._progress = progress
        self._by_origin = {known.origin: source for source, known in self.draft.known.items()}
        self._present: dict[str, str] = {}
        self._total = 0
        self._waiting: list[tuple[int, str]] = []
        self._buffer: list[PreparedDocument] = []
        self._given: Vectors = {}
        self._lot: _Lot | None = None
        self._texts_at_once = texts_at_once
        self._enough = min(_TEXTS_AT_FIRST, texts_at_once)

    def run(self, files: Sequence[SourceFile], engine: Engine) -> None:
        """Read, cut, embed and store what is new or changed."""
        self._total = len(files)
        outcomes = engine.run((self._task(file) for file in files), self._work, self._cached)
        for done, (file, worked) in enumerate(zip(files, outcomes, strict=True), start=1):
            self._waiting.append((done, file.source))
            self._note(file, worked)
            if not self._buffer and (self._lot is None or self._lot.made.done()):
                self._finish()
        self._finish()

    def carry_over(self, engine: Engine) -> None:
        """Bring the published documents into a new generation from their stored text."""
        current = self._catalog.current()
        if current is None or current.generation == self.draft.generation:
            return
        for worked in engine.run(self._stored(current), self._work, self._cached):
            if worked.failure:
                self.failed.append((worked.task.source, worked.failure))
            self._collect(worked)
        self._finish()
        self._by_origin = {known.origin: source for source, known in self.draft.known.items()}

    def _stored(self, current: Revision) -> Iterator[Task]:
        for source, origin, digest in self._catalog.sources(current):
            document = self._catalog.document(current, source)
            if source not in self.draft.known and document is not None:
                yield Task(Path(origin), source, origin, digest, document)

    def leftovers(self, paths: Sequence[Path], found: FoundFiles) -> dict[str, str]:
        """Return the documents that should no longer be there, each with the reason."""
        return find_leftovers(paths, found, self.known_files(), emptied=self.emptied, present=self._present)

    def known_files(self) -> dict[str, KnownFile]:
        """Return what each document of the draft was read from."""
        return {source: KnownFile(item.origin, item.file_hash) for source, item in self.draft.known.items()}

    def prune(self, gone: Sequence[str]) -> None:
        """Remove documents."""
        self.draft.remove(gone)
        self.removed += len(gone)

    def _task(self, file: SourceFile) -> Task:
        source = file.source if file.source in self.draft.known else self._by_origin.get(file.origin, file.source)
        known = self.draft.known.get(source)
        return Task(file.path, source, file.origin, known.file_hash if known is not None else "")

    def _note(self, file: SourceFile, worked: TaskResult) -> None:
        """Count what became of a file and keep what is to be stored."""
        if worked.failure:
            self._refuse(worked)
        elif worked.prepared is None:
            self.unchanged += 1
            self._present[worked.task.known_hash] = worked.task.source
        elif worked.task.known_hash:
            self.changed += 1
        else:
            self.added += 1
        if worked.prepared is not None and (told := definitions_told_by(worked.prepared.document.media_type)):
            self.code[told] += 1
        if worked.prepared is not None:
            self._present[worked.prepared.file_hash] = worked.task.source
            self.notes.extend((worked.task.source, sentence) for sentence in worked.prepared.document.notes)
        self._collect(worked)

    def _refuse(self, worked: TaskResult) -> None:
        """Keep why a file is not read; one that has a former version is told apart."""
        source = worked.task.source
        if worked.empty and source in self.draft.known:
            self.emptied[source] = f"{worked.failure} {FORMER_STAYS}"
        elif source in self.draft.known:
            self.failed.append((source, f"{worked.failure} {FORMER_STAYS}"))
        else:
            self.failed.append((source, worked.failure))

    def _cached(self) -> set[str]:
        return self._catalog.cached(self.draft.space)

    def _collect(self, worked: TaskResult) -> None:
        if worked.prepared is not None:
            self._buffer.append(worked.prepared)
            self._given.update(worked.vectors)
        if sum(len(item.entries) for item in self._buffer) >= self._enough:
            self._enough = min(2 * self._enough, self._texts_at_once)
            self._begin()

    def _begin(self) -> None:
        """Begin to embed what was read, and store the lot before it."""
        known = self._given.keys() | (self._lot.texts.keys() if self._lot else set())
        texts = {entry.key: entry.chunk for item in self._buffer for entry in item.entries if entry.key not in known}
        cached = self._catalog.vectors(self.draft.space, list(texts))
        missing = {key: embedding_text(chunk) for key, chunk in texts.items() if key not in cached}
        made = self._ahead.embed(missing)
        lot = _Lot(tuple(self._buffer), self._given, missing, made, tuple(self._waiting))
        self._buffer, self._given, self._waiting = [], {}, []
        self._store()
        self._lot = lot

    def _store(self) -> None:
        """Wait for the lot that is being embedded, and store it."""
        if self._lot is not None:
            vectors = self._lot.given | self._lot.made.result()
            passages = {entry.key: entry.chunk for item in self._lot.documents for entry in item.entries}
            self.draft.store(self._lot.documents, vectors, sketch_ahead(self._catalog, passages))
            self._report(self._lot.files)
            self._lot = None

    def _finish(self) -> None:
        """Embed and store all that was read."""
        if self._buffer:
            self._begin()
        self._store()
        self._report(self._waiting)
        self._waiting = []

    def _report(self, files: Sequence[tuple[int, str]]) -> None:
        for done, source in files:
            self._progress(done, self._total, source)


def source_files(paths: Sequence[Path]) -> list[SourceFile]:
    """Return files under their own paths."""
    return [SourceFile(path, path.as_posix(), str(path.resolve())) for path in paths]
