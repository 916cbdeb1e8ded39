"""What an ingest would do, worked out as the ingest works it out, with nothing written."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from rag.chunk import ChunkSettings, embedding_text
from rag.embed import embed_passages
from rag.errors import EmbedderMismatch, NoIndexError
from rag.ingest.job import FORMER_STAYS, source_files
from rag.ingest.leftovers import KnownFile, find_leftovers, not_known
from rag.ingest.work import work_on
from rag.protocols import Embedder, Task, TaskResult
from rag.read import SourceFile, definitions_told_by, find_files, screen
from rag.store import Catalog, Revision, check_embedder

_SAMPLE = 24
"""Texts embedded to see how long the rest will take."""


@dataclass(frozen=True, slots=True)
class IngestPlan:
    """What an ingest would do, by source; `failed` are (source, reason) pairs.

    `gone` would stay though their files are gone, moved, excluded or emptied, without `prune`; `reasons` tell why of
    these, or of those `removed`.
    `rebuild` says why the whole index would be built anew, empty when not. `chunks` would be stored; `texts` of them,
    with `tokens` of the embedder, would be embedded: those never embedded before, equal ones once. `seconds` is
    what reading took now plus what embedding would take at the speed of a sample. `code` is that of `IngestReport`.
    `notes` are (source, sentence) pairs on what of a file would not be in its text.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    failed: tuple[tuple[str, str], ...]
    rebuild: str
    chunks: int
    texts: int
    tokens: int
    seconds: float
    gone: tuple[str, ...] = ()
    code: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[tuple[str, str], ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)


def plan_ingest(  # noqa: PLR0913 - as `ingest`
    paths: Sequence[Path],
    folder: Path,
    embedder: Embedder,
    *,
    chunking: ChunkSettings,
    prune: bool = False,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    extra: Sequence[SourceFile] = (),
    clock: Callable[[], float] = time.perf_counter,
) -> IngestPlan:
    """Say what `ingest` with the same arguments would do to the published index; documents are read and cut for it.

    The time is estimated from that of a sample, by `clock`.

    :raises IndexDamaged: the catalogue cannot be read.
    """
    started = clock()
    found = screen(find_files(paths, include=include, exclude=exclude), paths)
    catalog = _open(folder)
    try:
        plan = _Plan(catalog, embedder, chunking)
        plan.failed.extend(not_known(found, plan.known))
        for file in [*source_files(found.files), *extra]:
            plan.note(work_on(plan.task(file), embedder, chunking))
        reasons = find_leftovers(paths, found, plan.known, emptied=plan.emptied, present=plan.present)
        gone = list(reasons)
        removed = gone if prune else []
        if not prune:
            plan.failed.extend(plan.emptied.items())
        for task in plan.carried_over(removed):
            plan.count(work_on(task, embedder, chunking))
        reading = clock() - started
    finally:
        if catalog is not None:
            catalog.close()
    return IngestPlan(
        added=tuple(plan.added),
        changed=tuple(plan.changed),
        removed=tuple(removed),
        unchanged=plan.unchanged,
        failed=tuple(plan.failed),
        rebuild=plan.rebuild,
        chunks=plan.chunks,
        texts=len(plan.to_embed),
        tokens=plan.tokens,
        seconds=reading + plan.tokens * _seconds_per_token(plan.sample, embedder, clock),
        gone=() if prune else tuple(gone),
        code=dict(plan.code),
        notes=tuple(plan.notes),
        reasons=reasons,
    )


class _Plan:
    """The counts so far."""

    def __init__(self, catalog: Catalog | None, embedder: Embedder, chunking: ChunkSettings) -> None:
        self.added: list[str] = []
        self.changed: list[str] = []
        self.failed: list[tuple[str, str]] = []
        self.code: Counter[str] = Counter()
        self.notes: list[tuple[str, str]] = []
        self.emptied: dict[str, str] = {}
        self.present: dict[str, str] = {}
        self.unchanged = self.chunks = self.tokens = 0
        self.to_embed: set[str] = set()
        self.sample: list[str] = []
        self._catalog = catalog
        self._embedder = embedder
        self._current = catalog.current() if catalog is not None else None
        self.rebuild = _why_anew(self._current, embedder, chunking)
        self.known = {source: KnownFile(origin, digest) for source, origin, digest in self._sources()}
        self._by_origin = {file.origin: source for source, file in self.known.items()}
        self._cached = self._cache()
        self._random = np.random.default_rng(0)

    def _sources(self) -> list[tuple[str, str, str]]:
        return self._catalog.sources(self._current) if self._catalog is not None and self._current is not None else []

    def _cache(self) -> set[str]:
        if self._catalog is None or self._current is None or self._embedder.id != self._current.embedder:
            return set()
        return self._catalog.cached(self._current.space)

    def task(self, file: SourceFile) -> Task:
        """Return what the ingest would do with a file."""
        source = file.source if file.source in self.known else self._by_origin.get(file.origin, file.source)
        return Task(file.path, source, file.origin, self.known[source].digest if source in self.known else "")

    def note(self, worked: TaskResult) -> None:
        """Count what would become of a file."""
        source = worked.task.source
        if worked.failure:
            self._refuse(source, worked)
        elif worked.prepared is None:
            self.unchanged += 1
            self.present[worked.task.known_hash] = source
        else:
            self.present[worked.prepared.file_hash] = source
            (self.changed if source in self.known else self.added).append(source)
            self.notes.extend((source, sentence) for sentence in worked.prepared.document.notes)
            if told := definitions_told_by(worked.prepared.document.media_type):
                self.code[told] += 1
            self.count(worked)

    def _refuse(self, source: str, worked: TaskResult) -> None:
        reason = f"{worked.failure} {FORMER_STAYS}" if source in self.known else worked.failure
        if worked.empty and source in self.known:
            self.emptied[source] = reason
        else:
            self.failed.append((source, reason))

    def count(self, worked: TaskResult) -> None:
        """Count the passages of a document that would be stored."""
        entries = worked.prepared.entries if worked.prepared is not None else ()
        self.chunks += len(entries)
        for entry in entries:
            if entry.key in self._cached or entry.key in self.to_embed:
                continue
            self.to_embed.add(entry.key)
            text = embedding_text(entry.chunk)
            self.tokens += self._embedder.count_tokens(text)
            self._draw(text)

    def _draw(self, text: str) -> None:
        """Keep a fair sample of all texts seen (reservoir sampling)."""
        if len(self.sample) < _SAMPLE:
            self.sample.append(text)
        elif (place := int(self._random.integers(len(self.to_embed)))) < _SAMPLE:
            self.sample[place] = text

    def carried_over(self, removed: Sequence[str]) -> Iterator[Task]:
        """Yield the documents that a new way to build the index would cut again from their stored text."""
        if not self.rebuild or self._catalog is None or self._current is None:
            return
        for source, file in self.known.items():
            if source in self.changed or source in removed:
                continue
            document = self._catalog.document(self._current, source)
            yield Task(Path(file.origin), source, file.origin, file.digest, document)


def _open(folder: Path) -> Catalog | None:
    try:
        return Catalog(folder)
    except NoIndexError:
        return None


def _why_anew(current: Revision | None, embedder: Embedder, chunking: ChunkSettings) -> str:
    if current is None:
        return ""
    if current.embedder != embedder.id:
        return f"the embedder is {embedder.id}, the index was built with {current.embedder}"
    if current.chunking != json.dumps(asdict(chunking), sort_keys=True):
        return "the [chunking] settings have changed"
    try:
        check_embedder(embedder, current)
    except EmbedderMismatch as error:
        return str(error).partition(":")[0]
    return ""


def _seconds_per_token(sample: Sequence[str], embedder: Embedder, clock: Callable[[], float]) -> float:
    if not sample:
        return 0.0
    embed_passages(sample[:1], embedder)  # the first call loads the model
    started = clock()
    embed_passages(sample, embedder)
    return (clock() - started) / sum(embedder.count_tokens(text) for text in sample)
