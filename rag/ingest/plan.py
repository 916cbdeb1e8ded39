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
from rag.ingest.job import source_files, vanished
from rag.ingest.work import work_on
from rag.protocols import Embedder, Task, TaskResult
from rag.read import SourceFile, definitions_told_by, find_files, screen
from rag.store import Catalog, Revision, check_embedder

_SAMPLE = 24
"""Texts embedded to see how long the rest will take."""


@dataclass(frozen=True, slots=True)
class IngestPlan:
    """What an ingest would do, by source; `failed` are (source, reason) pairs.

    `gone` would stay though their files are gone, without `prune`.
    `rebuild` says why the whole index would be built anew, empty when not. `chunks` would be stored; `texts` of them,
    with `tokens` of the embedder, would be embedded: those never embedded before, equal ones once. `seconds` is
    what reading took now plus what embedding would take at the speed of a sample. `code` is that of `IngestReport`.
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
        plan.failed.extend(found.refused)
        for file in [*source_files(found.files), *extra]:
            plan.note(work_on(plan.task(file), embedder, chunking))
        gone = vanished(paths, plan.origins)
        removed = gone if prune else []
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
    )


class _Plan:
    """The counts so far."""

    def __init__(self, catalog: Catalog | None, embedder: Embedder, chunking: ChunkSettings) -> None:
        self.added: list[str] = []
        self.changed: list[str] = []
        self.failed: list[tuple[str, str]] = []
        self.code: Counter[str] = Counter()
        self.unchanged = self.chunks = self.tokens = 0
        self.to_embed: set[str] = set()
        self.sample: list[str] = []
        self._catalog = catalog
        self._embedder = embedder
        self._current = catalog.current() if catalog is not None else None
        self.rebuild = _why_anew(self._current, embedder, chunking)
        self._known = {source: (origin, digest) for source, origin, digest in self._sources()}
        self.origins = {source: origin for source, (origin, _) in self._known.items()}
        self._by_origin = {origin: source for source, origin in self.origins.items()}
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
        source = file.source if file.source in self._known else self._by_origin.get(file.origin, file.source)
        _, digest = self._known.get(source, ("", ""))
        return Task(file.path, source, file.origin, digest)

    def note(self, worked: TaskResult) -> None:
        """Count what would become of a file."""
        source = worked.task.source
        if worked.failure:
            self.failed.append((source, worked.failure))
        elif worked.prepared is None:
            self.unchanged += 1
        else:
            (self.changed if source in self._known else self.added).append(source)
            if told := definitions_told_by(worked.prepared.document.media_type):
                self.code[told] += 1
            self.count(worked)

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
        for source, (origin, digest) in self._known.items():
            if source in self.changed or source in removed:
                continue
            document = self._catalog.document(self._current, source)
            yield Task(Path(origin), source, origin, digest, document)


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
