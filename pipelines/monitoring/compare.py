"""Two interaction files to a verdict, without a workspace: `drift compare`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.monitoring.interactions import refusals

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
    from drift.reading import read_window, scored
    from eval.quality import scorer_of

    first, second = read_window(reference), read_window(current)
    refused = (*refusals(reference, first.rejected), *refusals(current, second.rejected))
    before, after = first.window.interactions, second.window.interactions
    one, two = scored(first.window, scorer_of(before)), scored(second.window, scorer_of(after, before))
    return FileComparison(compare(one, two, settings, now), one, two, refused)
