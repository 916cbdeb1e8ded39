"""Documents into the index of a place, as its [embedder], [chunking], [ingest] and [vectors] settings say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

from rag.index import Index
from rag.ingest import Accept, IngestReport, Progress, ingest, news, survey
from rag.protocols import Embedder, Engine
from rag.read import SourceFile
from rag.store import Ledger
from rag.store.vectors import place_vectors
from rag.wiring.place import IndexPlace
from rag.wiring.retriever import place_embedder

EMBEDDER_NOTE = "embedder.json"
"""The embedder settings of the published index, for whoever compares it with one that was built anew."""


def ingest_into(
    place: IndexPlace,
    paths: Sequence[Path],
    *,
    embedder: Embedder | None = None,
    extra: Sequence[SourceFile] = (),
    prune: bool = False,
    progress: Progress | None = None,
    engine: Engine | None = None,
    accept: Accept | None = None,
) -> IngestReport:
    """Bring the index up to date with `paths`, files and folders, and `extra` files under other names.

    Refused files are in the report and never stop the good ones, and so are documents that look like an attack.

    :raises IndexBusy: another process is writing.
    """
    settings = place.settings
    place_vectors(place.data, settings.vectors)
    report = ingest(
        paths,
        place.data,
        embedder or place_embedder(place),
        chunking=settings.chunking,
        prune=prune,
        include=settings.ingest.include,
        exclude=settings.ingest.exclude,
        extra=extra,
        progress=progress,
        engine=engine,
        accept=accept,
        collapse_duplicates=settings.ingest.collapse_duplicates,
    )
    suspicious = _suspicious(place, extra) if report.chunks else ()
    if not report.refused:
        _note_embedder(place)
    return replace(report, suspicious=suspicious)


def _suspicious(place: IndexPlace, files: Sequence[SourceFile]) -> tuple[tuple[str, str], ...]:
    """Look for attacks in new documents; their passages are flagged or held back when a question finds them."""
    if place.settings.ingest.hostile == "off":
        return ()
    with closing(Index.open(place.data)) as index:
        return news(survey(index, Ledger(place.data), {file.origin: file.path for file in files}))


def _note_embedder(place: IndexPlace) -> None:
    """Keep the embedder settings of the index that was just published; the key of its endpoint is not kept."""
    path = place.data / EMBEDDER_NOTE
    embedder = asdict(place.settings.embedder)
    del embedder["api_key"]
    text = json.dumps(embedder)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
