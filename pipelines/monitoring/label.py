"""A round of labelling over the log: choose records with known probabilities, keep the queue, take labels in.

The queue is a small file beside the log, and the labels are rows of the log. Who stops half way goes on where they
were. `drift report` finds labels as human scores. The tags of the interactions tell how likely each was to be asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from data.errors import InputError, cause
from data.files import write_whole
from data.labels import SCORER, Label, label_lines, read_label_file
from data.log import InteractionLog
from data.records import PROBABILITY_TAGS, Interaction, Score, ScoreSource
from pipelines.answer import whole_log
from pipelines.wiring import Workspace, open_log

_FORMAT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class SamplingFrame:
    """What a round may choose from: periods of the log, which score guides, and what is asked."""

    since: datetime | None = None
    until: datetime | None = None
    baseline: str | None = None
    metric: str = "quality"
    source: ScoreSource = "human"


@dataclass(frozen=True, slots=True)
class Queue:
    """The records of a round in the order in which to ask.

    `probability` holds what every candidate's tag says since this round, `earlier` what it said before, where not 0.
    """

    metric: str
    ids: tuple[str, ...]
    probability: dict[str, float]
    earlier: dict[str, float]


@dataclass(frozen=True, slots=True)
class Progress:
    """A queue, the ids still open, and how many were labelled or skipped."""

    queue: Queue
    open: tuple[str, ...]

    @property
    def done(self) -> int:
        """How many have been looked at."""
        return len(self.queue.ids) - len(self.open)


@dataclass(frozen=True, slots=True)
class LabelImport:
    """What `drift label --import` took in: labels written, lines without one, and refused lines with reasons."""

    labels: int
    open: int
    refused: tuple[str, ...]


def progress(workspace: Workspace) -> Progress | None:
    """Return the queue that was begun and not finished; None where there is none."""
    path = _queue_file(workspace)
    if not path.exists():
        return None
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        queue = Queue(row["metric"], tuple(row["ids"]), row["probability"], row["earlier"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is no queue of labels ({cause(error)}): delete it and begin a new round.") from error
    looked_at = _seen(open_log(workspace).scores(kinds=None), queue.metric, "human")
    left = tuple(name for name in queue.ids if name not in looked_at)
    return Progress(queue, left) if left else None


def begin(workspace: Workspace, frame: SamplingFrame, count: int, seed: int, now: datetime) -> Queue:
    """Choose `count` records for people, write their probabilities into the log and the queue beside it.

    :raises InputError: the periods hold no answers that are not labelled yet.
    """
    queue = choose(workspace, frame, count, seed, now)
    mark(open_log(workspace), queue.probability, frame.source)
    _write(_queue_file(workspace), queue)
    return queue


def choose(workspace: Workspace, frame: SamplingFrame, count: int, seed: int, now: datetime) -> Queue:
    """Choose `count` records of baseline and recent traffic; nothing is written."""
    from drift.labels import plan_round

    log = whole_log(workspace)
    windows = [_candidates(log, frame, *period) for period in periods(workspace, log, frame, now)]
    if not any(not item.taken for window in windows for item in window):
        spans = " and ".join(_shown(period) for period in periods(workspace, log, frame, now))
        raise InputError(f"There is no answer without a label in {spans}: pass --since, or ask or import more first.")
    made = plan_round(windows, count, seed)
    earlier = {item.id: item.probability for window in windows for item in window if item.probability}
    return Queue(frame.metric, made.chosen, dict(made.probability), earlier)


def drop(workspace: Workspace, begun: Progress) -> None:
    """End a round early: what was not looked at will not be, and the probabilities are lowered to say so.

    The order of a queue is random, so those looked at are a random part of it.
    """
    share = begun.done / len(begun.queue.ids)
    lowered = {}
    for name, now in begun.queue.probability.items():
        before = begun.queue.earlier.get(name, 0.0)
        step = (now - before) / (1 - before) if before < 1 else 0.0
        lowered[name] = before + (1 - before) * step * share
    mark(open_log(workspace), lowered, "human")
    _queue_file(workspace).unlink(missing_ok=True)


def mark(log: InteractionLog, probability: Mapping[str, float], source: ScoreSource) -> int:
    """Write into the log how likely each record was to be chosen; 0 takes the mark away."""
    tag = PROBABILITY_TAGS[source]

    def tagged(item: Interaction) -> Interaction:
        tags = {key: value for key, value in item.tags.items() if key != tag}
        if p := probability[item.id]:
            tags[tag] = f"{p:.6g}"
        return replace(item, tags=tags)

    return log.rewrite_ids(list(probability), tagged)


def exported_round(workspace: Workspace, begun: Progress) -> Iterator[str]:
    """Yield the open records of a round as lines of a file, for people who label elsewhere."""
    queue = begun.queue
    return label_lines(cards(open_log(workspace), begun.open), queue.probability, queue.metric)


def import_labels(workspace: Workspace, path: Path) -> LabelImport:
    """Take labels in as human scores; labels of records that the log does not hold are refused.

    :raises InputError: the file is missing or empty.
    """
    loaded = read_label_file(path)
    log = open_log(workspace)
    known = {item.id: item for item in log.some([label.id for label in loaded.labels])}
    good = [label for label in loaded.labels if label.id in known]
    store(log, good)
    chances = {label.id: label.probability for label in good if _is_news(label, known[label.id])}
    mark(log, {name: p for name, p in chances.items() if p is not None}, "human")
    refused = [f"{path}:{item.line}: {item.reason}" for item in loaded.rejected]
    refused += [
        f"{path}: no interaction {label.id!r} is in the log" for label in loaded.labels if label.id not in known
    ]
    return LabelImport(len(good), loaded.open, tuple(refused))


def store(log: InteractionLog, labels: Iterable[Label]) -> None:
    """Write labels into the log; a record labelled again keeps the last."""
    log.append([], [label.score() for label in labels])


def cards(log: InteractionLog, ids: Sequence[str]) -> list[Interaction]:
    """Return the interactions of a queue in its order."""
    found = {item.id: item for item in log.some(ids)}
    return [found[name] for name in ids if name in found]


def periods(
    workspace: Workspace, log: InteractionLog, frame: SamplingFrame, now: datetime
) -> list[tuple[datetime | None, datetime | None]]:
    """Return the baseline's period, where one is pinned, and the recent one: those that `drift report` compares."""
    from drift.log_windows import find_baseline

    days = timedelta(days=workspace.settings.drift.window_days)
    if not log.baselines() and frame.baseline is None:
        return [(frame.since, frame.until)]
    pinned = find_baseline(log, frame.baseline)
    end = frame.until or now
    start = frame.since or (max(end - days, pinned.until) if pinned.until < end else end - days)
    return [(pinned.since, pinned.until), (start, end)]


def _candidates(log: InteractionLog, frame: SamplingFrame, since: datetime | None, until: datetime | None) -> list[Any]:
    from drift.labels import LabelCandidate

    scores = log.scores(since, until)
    taken = _seen(scores, frame.metric, frame.source)
    proxy = {s.interaction_id: s.value for s in scores if s.metric == "groundedness" and s.source == "proxy"}
    return [
        LabelCandidate(item.id, proxy.get(item.id), probability_of(item, frame.source), item.id in taken)
        for item in log.read(since, until)
        if item.outcome == "answered" and item.answer
    ]


def probability_of(item: Interaction, source: ScoreSource) -> float:
    """Return the marked probability of an interaction, 0 without a mark."""
    try:
        return min(1.0, max(0.0, float(item.tags.get(PROBABILITY_TAGS[source], "0"))))
    except ValueError:
        return 0.0


def _seen(scores: Iterable[Score], metric: str, source: ScoreSource) -> set[str]:
    mine = (SCORER,) if source == "human" else ("ragas",)
    return {s.interaction_id for s in scores if (s.metric, s.source) == (metric, source) and s.scorer in mine}


def _is_news(label: Label, item: Interaction) -> bool:
    return label.probability is not None and PROBABILITY_TAGS["human"] not in item.tags


def _queue_file(workspace: Workspace) -> Path:
    return workspace.data / "label-queue.json"


def _write(path: Path, queue: Queue) -> None:
    write_whole(path, json.dumps(asdict(queue)))


def _shown(period: tuple[datetime | None, datetime | None]) -> str:
    start, end = (f"{at:{_FORMAT}}" if at else "the log" for at in period)
    return f"{start} to {end}" if period[0] or period[1] else "the whole log"
