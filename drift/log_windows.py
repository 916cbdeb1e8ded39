"""Periods of an interaction log become windows: what is read of it, and what it is compared with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from data.errors import InputError
from data.log import Baseline, InteractionLog, LogSettings, open_log
from data.records import Kind
from data.scales import MetricSettings
from data.settings import DATA_FOLDER, SETTINGS_FILE, read_settings
from drift.settings import DriftSettings
from drift.windows import Window

DEFAULT_BASELINE = "default"

KINDS: tuple[Kind, ...] = ("user", "canary")
"""What is compared; replays never count."""

_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class LogSections:
    """The sections of `rag.toml` that say where a log lies and how it is compared."""

    log: LogSettings = LogSettings()
    drift: DriftSettings = DriftSettings()
    metrics: MetricSettings = MetricSettings()


@dataclass(frozen=True, slots=True)
class OpenLog:
    """A log, and the settings of the workspace it belongs to."""

    log: InteractionLog
    settings: DriftSettings


def is_log(path: Path) -> bool:
    """Tell whether a path is a workspace or the file of a log, and no file of interactions."""
    if path.is_dir():
        return True
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


@contextmanager
def opened_log(path: Path) -> Iterator[OpenLog]:
    """Open the log of a workspace, or the one in a file, and close it again.

    :raises InputError: there is no log.
    :raises WorkspaceError: it cannot be opened.
    """
    if not path.exists() or (
        path.is_dir() and not (path / SETTINGS_FILE).is_file() and not (path / DATA_FOLDER).is_dir()
    ):
        raise InputError(f"There is no log in {path.resolve()}: name a folder with rag.toml, or the file of a log.")
    if not is_log(path):
        raise InputError(f"{path} is no log: name a folder with rag.toml, or a log.sqlite.")
    sections = read_settings(LogSections, path / SETTINGS_FILE, os.environ, partial=True)
    log = open_log(sections.log, path, sections.metrics) if path.is_dir() else InteractionLog.at_path(path)
    try:
        yield OpenLog(log, sections.drift)
    finally:
        log.close()


def log_window(log: InteractionLog, name: str, since: datetime | None, until: datetime | None) -> Window:
    """Return what people and canaries asked in ``[since, until)``."""
    interactions = tuple(log.read(since, until, kinds=KINDS))
    return Window(name, interactions, tuple(log.scores(since, until, kinds=KINDS)), since=since, until=until)


def check_period(since: datetime | None, until: datetime | None) -> None:
    """Refuse a period that ends before it begins.

    :raises InputError: with both ends.
    """
    if since and until and since >= until:
        raise InputError(f"The window is empty: since {since.isoformat()} is not before until {until.isoformat()}.")


def current_period(
    pinned: Baseline, days: float, since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """Return the period to compare with a baseline: by default the last `days`, as far as they are not the baseline.

    Compared with itself everything is steady.

    :raises InputError: the period is empty.
    """
    end = until or now
    start = since or _default_start(end, days, pinned)
    check_period(start, end)
    return start, end


def _default_start(end: datetime, days: float, pinned: Baseline) -> datetime:
    try:
        start = end - timedelta(days=days)
    except OverflowError as error:
        raise InputError(f"There are no {days:g} days before {end.isoformat()}: say since when, too.") from error
    return pinned.until if start < pinned.until < end else start


def why_empty(log: InteractionLog, pinned: Baseline) -> str:
    """Say why there is nothing to compare with a baseline, and what to do."""
    last = log.span().last
    if last is None:
        return "The log is empty."
    if last < pinned.until:
        return (
            f"Nothing was asked since the baseline ended: the last interaction, of {last:%Y-%m-%d %H:%M} UTC, is in it."
            " Ask or import newer ones, or pin an earlier period: `drift baseline set --until TIME`."
        )
    return f"The last interaction in the log is of {last:%Y-%m-%d %H:%M} UTC: say since and until when, to look there."


def find_baseline(log: InteractionLog, name: str | None) -> Baseline:
    """Return the newest version of the baseline `name`, by default of "default" or else the newest of all.

    :raises InputError: there is none.
    """
    baselines = log.baselines()
    wanted = name or DEFAULT_BASELINE
    matching = [item for item in baselines if item.name == wanted] or ([] if name else baselines)
    if not matching:
        known = ", ".join(sorted({item.name for item in baselines})) or "none"
        raise InputError(
            f"There is no baseline {wanted!r} (known: {known}): pin one with `drift baseline set`, or from Python with"
            " data.InteractionLog.set_baseline."
        )
    return max(matching, key=lambda item: (item.created, item.version))
