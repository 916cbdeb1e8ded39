"""`drift report` over windows too long to read: from daily sketches, within the same page budget."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import sketches
from pipelines.page_budget import remember, take_look

if TYPE_CHECKING:
    from data.log import Baseline, InteractionLog
    from drift.report import DriftReport
    from drift.settings import DriftSettings
    from drift.windows import Window


def report_from_sketches(
    log: InteractionLog,
    pinned: Baseline,
    period: tuple[datetime, datetime],
    settings: DriftSettings,
    now: datetime,
    state: Path | None,
) -> tuple[DriftReport, Window, Window]:
    """Bring the sketches up to date and compare whole days; the windows returned hold no records.

    `state` is the file of the page budget, None for a window that is a question of its own.
    """
    from drift.sketch_compare import compare_sketches, learn
    from drift.windows import Window

    sketches.update(log, pinned, now)
    name = f"{pinned.name} v{pinned.version}"
    reference = sketches.window(log, pinned, name, pinned.since, pinned.until)
    current = sketches.window(log, pinned, "current", *period)
    empty = Window(name, (), (), pinned.since, pinned.until), Window("current", (), (), *period)
    if state is None:
        return compare_sketches(reference, current, settings, now), *empty
    topics = sketches.frozen(log, pinned)
    watch, pages = take_look(
        state, log, pinned, lambda known: learn(reference.whole, topics, known, settings), settings, now
    )
    made = compare_sketches(reference, current, settings, now, pages)
    remember(state, pinned, watch, made.quality.status == "drifted")
    return made, *empty
