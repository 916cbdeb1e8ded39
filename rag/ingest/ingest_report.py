"""What an ingest did, for people and programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did; `failed` are (source, reason) pairs, `chunks` is how many the index holds afterwards.

    `refused` says why an index that was built anew was not published. `suspicious` are (source, what was found) pairs
    for documents that look like an attack on a model; they are in the index all the same. `gone` are documents that
    stay in the index though their files are gone, moved, excluded or emptied, because pruning was not asked for;
    `reasons` tell of each of them, or of each that was removed, why.
    `passed_over` counts, by extension, files in folders whose kind is not read. `code` counts the files of code that
    were read, by what told their definitions: the "grammar" of the language, or their "shape" alone. `notes` are
    (source, sentence) pairs on what of a new or changed file is not in its text.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    failed: tuple[tuple[str, str], ...]
    chunks: int
    seconds: float
    refused: str = ""
    suspicious: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    passed_over: Mapping[str, int] = field(default_factory=dict)
    code: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[tuple[str, str], ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
