"""Interaction files in and out of the log: `drift import` and `drift export`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.interchange import FORMATS, ImportedFile, interchange_lines, read_file
from data.jsonl import RejectedLine
from data.log import count_scores
from data.text import plural
from pipelines.answer import whole_log
from pipelines.console import bullet_list
from pipelines.wiring import Workspace, open_log


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What `drift import` did: lines read, interactions and scores new to the log, refused lines with reasons, remarks.

    `scored` counts all scores of the file, those that came along and ours.
    """

    read: int
    new: int
    scored: int
    new_scores: int
    refused: tuple[str, ...]
    rejected_file: str | None
    notes: tuple[str, ...] = ()


def import_file(workspace: Workspace, path: Path, kind: str = "auto") -> ImportReport:
    """Put the interactions of a file into the log, with a groundedness score where none came along.

    `kind` is a format of `data.interchange.formats`. Bad items are copied to `FILE.rejected.jsonl`;
    importing the same file twice changes nothing.

    :raises InputError: the file is missing or empty, or `kind` is unknown.
    """
    from drift.reading import missing_scores
    from eval.quality import scorer_of

    if kind not in FORMATS:
        raise InputError(f"There is no format {kind!r}: known are {', '.join(FORMATS)}.")
    loaded = read_file(path, kind, workspace.settings.metrics)
    ours = missing_scores(loaded.interactions, loaded.scores, scorer_of(loaded.interactions))
    scores = (*loaded.scores, *ours)
    log = open_log(workspace)
    before = count_scores(log)
    new = log.append(loaded.interactions, scores)
    fresh = min(len(scores), count_scores(log) - before)
    rejected = write_rejected(path, loaded)
    refused = refusals(path, loaded.rejected)
    return ImportReport(len(loaded.interactions), new, len(scores), fresh, refused, rejected, loaded.notes)


def exported(workspace: Workspace, since: datetime | None, until: datetime | None) -> Iterator[str]:
    """Yield the interactions of a period, all kinds, with their scores, as lines of the interchange format."""
    from drift.log_windows import check_period

    check_period(since, until)
    log = whole_log(workspace)
    return interchange_lines(log.read(since, until, kinds=None), log.scores(since, until, kinds=None))


def refusals(path: Path, rejected: Sequence[RejectedLine]) -> tuple[str, ...]:
    """Return one sentence per refused line."""
    return tuple(f"{path}:{item.line}: {item.reason}" for item in rejected)


def refused_lines(reasons: Sequence[str], where: str = "") -> str:
    """Return how many lines were refused and the first reasons, one a line."""
    return "\n".join([f"{plural(len(reasons), 'line')} refused{where}:", *bullet_list(reasons)])


def write_rejected(path: Path, loaded: ImportedFile) -> str | None:
    """Copy the refused lines beside the file they came from; return that path, or None when all lines were good."""
    if not loaded.rejected:
        return None
    target = path.with_name(path.name.removesuffix(".jsonl").removesuffix(".json") + ".rejected.jsonl")
    target.write_text("".join(item.raw + "\n" for item in loaded.rejected), encoding="utf-8")
    return str(target)


def import_json(report: ImportReport) -> dict[str, Any]:
    """Return the stable JSON form of `drift import --json`."""
    return {
        "read": report.read,
        "new": report.new,
        "scores": report.scored,
        "new_scores": report.new_scores,
        "refused": list(report.refused),
        "rejected_file": report.rejected_file,
        "notes": list(report.notes),
    }


def import_text(report: ImportReport) -> str:
    """Return what was imported and every refused line."""
    known = report.read - report.new
    there = f", {known:,} in it already" if known else ""
    old = f", {report.scored - report.new_scores:,} in it already" if report.scored > report.new_scores else ""
    lines = [
        f"{plural(report.read, 'interaction')} read: {report.new:,} new to the log{there};"
        f" {plural(report.new_scores, 'new score')}{old}"
    ]
    lines += bullet_list(report.notes)
    if report.refused:
        lines.append(refused_lines(report.refused, f", copied to {report.rejected_file}"))
    return "\n".join(lines)
