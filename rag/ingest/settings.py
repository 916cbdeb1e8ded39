"""Which files become documents, and what must hold before they are searched: [ingest]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from data.settings import Example, check


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """Which files of a folder are read. Globs are matched against the path below the folder."""

    include: Annotated[tuple[str, ...], Example(("*.md",))] = ()
    """Globs of what is read; empty: all kinds that can be."""
    exclude: tuple[str, ...] = ()
    """Globs of what is left out."""
    gate_cases: Annotated[str, Example("cases.jsonl")] = ""
    """Golden cases that a changed embedder or chunking must not fail. An index made anew is published only if it finds
    what they expect as well as the published one."""
    collapse_duplicates: bool = True
    """Whether passages nearly the same are one hit that names all their sources."""
    hostile: Literal["flag", "quarantine", "off"] = "flag"
    """What becomes of passages with orders to a model. They are flagged, kept out of answers until released (see
    `rag quarantine`), or not looked for."""

    allowed_networks: Annotated[tuple[str, ...], Example(("10.0.0.0/8",))] = ()
    """Internal networks that pages of a URL list may redirect to. A listed URL itself may be internal."""

    def __post_init__(self) -> None:
        check(self, "ingest")
