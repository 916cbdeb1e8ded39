"""Two interaction files to a verdict, without a workspace: `drift compare`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import InputError
from data.interchange import read_interactions
from pipelines.monitoring.interactions import refusals, with_proxy_scores

if TYPE_CHECKING:
    from drift.results import DriftReport
    from drift.settings import DriftSettings
    from drift.windows import Window


@dataclass(frozen=True, slots=True)
class FileComparison:
    """The report of two files, the windows behind it, and one sentence per refused line."""

    report: DriftReport
    reference: Window
    current: Window
    refused: tuple[str, ...]


def compare_files(reference: Path, current: Path, settings: DriftSettings, now: datetime) -> FileComparison:
    """Compare two interchange files; records without a groundedness score are scored by the proxy first.

    :raises InputError: a file is missing, empty or holds no interaction, or the windows cannot be compared.
    """
    from drift.comparison import compare

    first, refused_first = _window(reference)
    second, refused_second = _window(current)
    return FileComparison(compare(first, second, settings, now), first, second, refused_first + refused_second)


def _window(path: Path) -> tuple[Window, tuple[str, ...]]:
    from drift.windows import Window

    loaded = read_interactions(path)
    if not loaded.interactions:
        first = loaded.rejected[0]
        raise InputError(
            f"No line of {path} is an interaction (line {first.line}: {first.reason}): expected one JSON object per "
            "line with id, at, question and answer."
        )
    interactions = tuple(sorted(loaded.interactions, key=lambda item: item.at))
    scores = with_proxy_scores(interactions, loaded.scores)
    window = Window(path.name, interactions, scores, since=interactions[0].at, until=interactions[-1].at)
    return window, refusals(path, loaded)
