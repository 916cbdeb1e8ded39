"""Two interaction files to a verdict, without a workspace: `drift compare`."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
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
    made = compare(one, two, settings, now)
    steps = _steps(reference, current)
    causes = tuple(replace(cause, do_next=steps if cause.do_next else ()) for cause in made.causes)
    return FileComparison(replace(made, causes=causes), one, two, refused)


def _steps(reference: Path, current: Path) -> tuple[str, ...]:
    """Return what can be done next with two files: no workspace is there that other commands would need."""
    files = f"{shlex.quote(str(reference))} {shlex.quote(str(current))}"
    return (
        f"drift compare {files} --html drift.html  # the worst answers beside healthy ones",
        f"drift import {shlex.quote(str(current))}  # into a workspace, where labels and baselines are kept",
    )
