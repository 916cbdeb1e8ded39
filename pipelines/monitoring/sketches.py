"""Daily sketches of the log: made once, made again for days that got late rows or scores, and read for long windows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from data.log import FRAME_DAY, day_marks, read_sketches, write_sketch
from data.records import FORGOTTEN

if TYPE_CHECKING:
    from data.log import Baseline, InteractionLog
    from drift.signals import FrozenTopics
    from drift.sketches import Days

_FRAME_RECORDS = 5_000


def update(log: InteractionLog, pinned: Baseline, until: datetime) -> int:
    """Sketch every closed UTC day from the baseline's first to `until` that has none or has changed; return how many.

    A day whose texts were deleted keeps what they had said; late scores and records are added to it.
    Topics and bandwidth are frozen from the first records of the baseline when its first day is sketched, so that they
    stay when texts are deleted. Only one day's records are in memory at a time.
    """
    from drift.sketches import carried, from_bytes, sketch, to_bytes

    frame, known = _key(pinned), read_sketches(log, _key(pinned))
    marks = day_marks(log, _midnight(pinned.since), _midnight(until))
    stale = [day for day, mark in sorted(marks.items()) if known.get(day.isoformat(), ("", b""))[0] != mark]
    if not stale:
        return 0
    topics, bandwidth = _frame(log, pinned, known)
    for day in stale:
        start = datetime.combine(day, datetime.min.time(), UTC)
        period = (start, start + timedelta(days=1))
        items, scores = list(log.read(*period)), log.scores(*period)
        made = sketch(items, scores, topics, bandwidth)
        before = known.get(day.isoformat())
        if before and any(FORGOTTEN in item.flags for item in items):
            kept = from_bytes(before[1])
            late = [item for item in items if FORGOTTEN not in item.flags]
            # Rows that are neither forgotten nor late were sketched with the day: nothing tells them from late ones.
            new = late if kept.records + len(late) == len(items) else []
            made = carried(kept, made, sketch(new, (), topics, bandwidth))
        write_sketch(log, frame, day.isoformat(), marks[day], to_bytes(made))
    return len(stale)


def window(log: InteractionLog, pinned: Baseline, name: str, since: datetime, until: datetime) -> Days:
    """Return the sketched days that lie wholly in ``[since, until)``."""
    from drift.sketches import Days, from_bytes

    first = _midnight(since + timedelta(days=1, microseconds=-1)).date().isoformat()
    last = _midnight(until).date().isoformat()
    found = read_sketches(log, _key(pinned)).items()
    days = [(date.fromisoformat(day), from_bytes(body)) for day, (_, body) in sorted(found) if first <= day < last]
    return Days(name, tuple(days))


def frozen(log: InteractionLog, pinned: Baseline) -> FrozenTopics:
    """Return the topics that the sketches of a baseline count by."""
    return _frame(log, pinned, read_sketches(log, _key(pinned)))[0]


def _frame(log: InteractionLog, pinned: Baseline, known: dict[str, tuple[str, bytes]]) -> tuple[FrozenTopics, float]:
    from drift.signals import FrozenTopics
    from drift.sketches import pack, unpack

    if FRAME_DAY in known:
        plain, arrays = unpack(known[FRAME_DAY][1])
        kept: Any = plain
        topics = FrozenTopics(**kept["topics"] | {"names": tuple(kept["topics"]["names"])}, **arrays)
        return topics, float(kept["bandwidth"])
    topics, bandwidth = _freeze(log, pinned)
    values = asdict(topics)
    arrays = {name: values.pop(name) for name in ("scale", "components", "centroids")}
    body = pack({"topics": values, "bandwidth": bandwidth}, arrays)
    write_sketch(log, _key(pinned), FRAME_DAY, "frame", body)
    return topics, bandwidth


def _freeze(log: InteractionLog, pinned: Baseline) -> tuple[FrozenTopics, float]:
    from data.errors import InputError
    from drift.signals import freeze_topics, median_distance

    ids = log.ids(pinned.since, pinned.until)
    step = max(len(ids) // _FRAME_RECORDS, 1)
    items = sorted(log.some(ids[::step]), key=lambda item: (item.at, item.id))
    topics = freeze_topics(items, 0)
    if topics is None:
        raise InputError(f"Baseline {_key(pinned)!r} holds fewer than two users' questions: pin a longer period.")
    return topics, median_distance(items, topics.embedder)


def _key(pinned: Baseline) -> str:
    return f"{pinned.name} v{pinned.version}"


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
