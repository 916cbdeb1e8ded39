"""The false-alert budget of reports on schedule: what `.rag/pages.json` remembers from one report to the next."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import WorkspaceError, cause
from data.files import write_whole

if TYPE_CHECKING:
    from data.log import Baseline, InteractionLog
    from drift.budget import Day, Floor, Measure, Watch
    from drift.results import AlertBudget
    from drift.settings import DriftSettings
    from drift.signals import FrozenTopics

    Learner = Callable[[Measure | None], tuple[Measure, FrozenTopics, Floor] | None]

STATE_FILE = "pages.json"


def take_look(
    path: Path, log: InteractionLog, pinned: Baseline, learn: Learner, settings: DriftSettings, now: datetime
) -> tuple[Watch, AlertBudget]:
    """Add all days that closed since the last report and say what this report may alert on; nothing is written yet.

    A day counts once, as it was when the first report after it saw it: reports made twice or missed change nothing,
    and scores that come later are for the window tests. `learn` takes measure, topics and floor from the baseline.

    :raises WorkspaceError: the file at `path` cannot be read.
    """
    from drift.budget import Watch, advance, look

    begun = pinned.until.astimezone(UTC).date() - timedelta(days=1)
    watch = _read(path).get(_key(pinned)) or Watch(None, begun)
    if learnt := learn(watch.measure):
        measure, topics, floor = learnt
        watch = replace(watch, measure=measure)
        watch = advance(watch, _closed_days(log, watch, pinned, topics, now), floor)
    return look(watch, now.astimezone(UTC).date(), settings)


def remember(path: Path, pinned: Baseline, watch: Watch, alerted: bool) -> None:
    """Write the watch of a baseline, whole or not at all; watches of earlier versions of it are dropped.

    In a folder that may only be read nothing is remembered.
    """
    if not os.access(path.parent, os.W_OK):
        return
    others = {key: value for key, value in _read(path).items() if key.rpartition(" v")[0] != pinned.name}
    body = {key: _to_json(value) for key, value in (others | {_key(pinned): replace(watch, open=alerted)}).items()}
    write_whole(path, json.dumps(body, indent=1))


def days_watched(path: Path, pinned: Baseline) -> int:
    """Return how many closed days the watch of a baseline has counted."""
    watch = _read(path).get(_key(pinned))
    return watch.state.days if watch else 0


def _key(pinned: Baseline) -> str:
    return f"{pinned.name} v{pinned.version}"


def _closed_days(log: InteractionLog, watch: Watch, pinned: Baseline, topics: FrozenTopics, now: datetime) -> list[Day]:
    from drift.budget import by_day, scored_day
    from drift.windows import Window

    start = max(datetime.combine(watch.last_day + timedelta(days=1), datetime.min.time(), UTC), pinned.until)
    end = datetime.combine(now.astimezone(UTC).date(), datetime.min.time(), UTC)
    if start >= end:
        return []
    window = Window("days", tuple(log.read(start, end)), tuple(log.scores(start, end)))
    return [scored_day(part, watch.measure, topics, day) for day, part in by_day(window)] if watch.measure else []


def _read(path: Path) -> dict[str, Watch]:
    if not path.exists():
        return {}
    try:
        return {key: _from_json(value) for key, value in json.loads(path.read_text(encoding="utf-8")).items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WorkspaceError(
            f"{path} cannot be read ({cause(error)}): delete it; the false-alert budget then begins anew."
        ) from error


def _to_json(watch: Watch) -> dict[str, Any]:
    return {
        "measure": list(watch.measure) if watch.measure else None,
        "last_day": watch.last_day.isoformat(),
        "levels": list(watch.state.levels),
        "days": watch.state.days,
        "looked": watch.looked.isoformat() if watch.looked else None,
        "before": watch.before.isoformat() if watch.before else None,
        "open": watch.open,
    }


def _from_json(value: dict[str, Any]) -> Watch:
    from drift.budget import AlertState, Watch
    from drift.stats import STAKES

    levels = tuple(float(level) for level in value["levels"])
    if len(levels) != len(STAKES):
        raise ValueError(f"{len(levels)} levels of evidence, {len(STAKES)} expected")
    return Watch(
        measure=_measure(value["measure"]),
        last_day=date.fromisoformat(value["last_day"]),
        state=AlertState(levels, int(value["days"])),
        looked=date.fromisoformat(value["looked"]) if value["looked"] else None,
        before=date.fromisoformat(value["before"]) if value["before"] else None,
        open=bool(value["open"]),
    )


def _measure(stored: list[str] | None) -> Any:
    if stored is None:
        return None
    metric, source, version = stored
    return metric, source, version
