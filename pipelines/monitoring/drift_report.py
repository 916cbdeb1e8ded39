"""The scheduled job: a recent window of the log against a pinned baseline: `drift report`, `drift baseline`."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import InputError
from data.log import Baseline, InteractionLog
from drift.log_windows import KINDS, check_period, current_period, find_baseline, log_window, why_empty
from pipelines.answer import whole_log
from pipelines.monitoring import sketches
from pipelines.monitoring.alert_budget import STATE_FILE, remember, take_look
from pipelines.wiring import Workspace

if TYPE_CHECKING:
    from drift.results import DriftReport
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

    `state` is the file of the alert budget, None for a window that is a question of its own.
    """
    from drift.sketches import compare_sketches, learn
    from drift.windows import Window

    sketches.update(log, pinned, now)
    name = f"{pinned.name} v{pinned.version}"
    reference = sketches.window(log, pinned, name, pinned.since, pinned.until)
    current = sketches.window(log, pinned, "current", *period)
    empty = Window(name, (), (), pinned.since, pinned.until), Window("current", (), (), *period)
    if state is None:
        return compare_sketches(reference, current, settings, now), *empty
    topics = sketches.frozen(log, pinned)
    watch, budget = take_look(
        state, log, pinned, lambda known: learn(reference.whole, topics, known, settings), settings, now
    )
    made = compare_sketches(reference, current, settings, now, budget)
    remember(state, pinned, watch, made.quality.status == "drifted")
    return made, *empty


RAW_LIMIT = 120_000
"""Two windows of more records than this are compared by whole days, from sketches."""


@dataclass(frozen=True, slots=True)
class ReportedWindows:
    """A finished report and the windows behind it."""

    report: DriftReport
    reference: Window
    current: Window


def pin_baseline(
    workspace: Workspace, name: str, since: datetime | None, until: datetime | None, now: datetime
) -> tuple[Baseline, int]:
    """Pin a period as reference under `name`; by default everything logged so far. Return it and its record count.

    :raises InputError: the period holds no interactions.
    """
    if not name.strip():
        raise InputError(
            "The name of the baseline is empty: leave it out, or write e.g. `drift baseline set before-upgrade`."
        )
    check_period(since, until)
    log = whole_log(workspace)
    span = log.span()
    if span.first is None or span.last is None:
        raise InputError("The log is empty: ask some questions or run `drift import` before pinning a baseline.")
    start, end = since or span.first, until or span.last + timedelta(microseconds=1)
    interactions = sum(1 for _ in log.read(start, end, kinds=KINDS))
    if not interactions:
        raise InputError(
            f"No interactions between {start:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M} UTC: the log spans "
            f"{span.first:%Y-%m-%d} to {span.last:%Y-%m-%d}."
        )
    return log.set_baseline(name, start, end, now), interactions


def report(
    workspace: Workspace,
    *,
    since: datetime | None,
    until: datetime | None,
    baseline: str | None,
    now: datetime,
    raw_limit: int = RAW_LIMIT,
) -> ReportedWindows:
    """Compare ``[since, until)`` (default: the last `drift.window_days` days) with a baseline.

    Records of the baseline are never the default window too: compared with itself everything is steady. A report on
    schedule (neither `since` nor `until`) keeps to the false-alert budget and adds to `.rag/pages.json`; any other
    window is a question of its own, tested at `drift.alpha`. Windows of over `raw_limit` records are compared by whole
    days, from sketches.

    :raises InputError: no such baseline, or the windows cannot be compared.
    """
    from data.log import count_users

    log, settings = whole_log(workspace), workspace.settings.drift
    pinned = find_baseline(log, baseline)
    start, end = current_period(pinned, settings.window_days, since, until, now)
    schedule = since is None and until is None
    if count_users(log, pinned.since, pinned.until) + count_users(log, start, end) > raw_limit:
        path = workspace.data / STATE_FILE if schedule else None
        made, *windows = report_from_sketches(log, pinned, (start, end), settings, now, path)
        return ReportedWindows(replace(made, service=workspace.settings.alerts.service), *windows)
    reference = log_window(log, f"{pinned.name} v{pinned.version}", pinned.since, pinned.until)
    current = log_window(log, "current", start, end)
    reference, current = _scored_anew(reference), _scored_anew(current, reference)
    state = workspace.data / STATE_FILE if schedule else None
    made = _compared(log, pinned, (reference, current), settings, now, state)
    made = replace(made, service=workspace.settings.alerts.service)
    if not current.interactions:
        made = replace(made, notes=(*made.notes, why_empty(log, pinned)))
    if schedule and not workspace.writable:
        made = replace(made, notes=(*made.notes, f"{workspace.data} may not be written: this look is not remembered."))
    return ReportedWindows(made, reference, current)


MOST_RESCORED = 4_000
"""Larger windows keep the scores that they were logged with: the first answers in a new dress are a small part there,
and the scorer has learned it by then."""


def _scored_anew(window: Window, before: Window | None = None) -> Window:
    """Score the answers of a window again with what they show together; a scorer of another version is left behind."""
    from eval.quality import rescored

    if len(window.interactions) > MOST_RESCORED:
        return window
    earlier = before.interactions if before else ()
    return replace(window, scores=rescored(window.interactions, window.scores, earlier))


def _compared(
    log: InteractionLog,
    pinned: Baseline,
    windows: tuple[Window, Window],
    settings: DriftSettings,
    now: datetime,
    state: Path | None,
) -> DriftReport:
    from drift.budget import learn
    from drift.comparison import compare

    if state is None:
        return compare(*windows, settings, now)
    watch, budget = take_look(state, log, pinned, lambda known: learn(windows[0], known, settings), settings, now)
    made = compare(*windows, settings, now, budget)
    remember(state, pinned, watch, made.quality.status == "drifted")
    return made


def write_outputs(
    reported: ReportedWindows, folder: Path, html: Path | None, now: datetime, kind: str = "drift"
) -> Path | None:
    """Write the report as JSON and HTML below `folder` (or the HTML to `html`); return the path of the HTML.

    Two reports of one second get names of their own: whoever creates the file first has it. Where the folder may not be
    written nothing is kept but the HTML that was asked for.
    """
    from drift.reports import to_json, write_html

    if not os.access(folder if folder.is_dir() else folder.parent, os.W_OK):
        if html:
            write_html(reported.report, reported.reference, reported.current, html)
        return html
    folder.mkdir(parents=True, exist_ok=True)
    path = _new_file(folder, f"{kind}-{now:%Y%m%dT%H%M%SZ}")
    path.write_text(json.dumps(to_json(reported.report), indent=2, ensure_ascii=False), encoding="utf-8")
    target = html or path.with_suffix(".html")
    write_html(reported.report, reported.reference, reported.current, target)
    return target


def _new_file(folder: Path, stem: str) -> Path:
    for number in count(1):
        path = folder / (f"{stem}.json" if number == 1 else f"{stem}-{number}.json")
        with suppress(FileExistsError), path.open("x", encoding="utf-8"):
            return path
    raise AssertionError("numbers do not end")
