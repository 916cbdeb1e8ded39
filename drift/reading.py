"""Files of interactions and periods of logs become windows that can be compared."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from data.arguments import expect_function, given_path, given_time
from data.errors import InputError
from data.interchange import read_file
from data.jsonl import RejectedLine
from data.records import Interaction, Score, Scorer
from drift.log_windows import check_period, is_log, log_window, opened_log
from drift.windows import Window, set_aside

WindowScorer = Callable[[Sequence[Interaction], Sequence[Interaction]], Scorer]
"""What makes a scorer for the answers of a window, given those before it: `eval.scorer_of`."""


@dataclass(frozen=True, slots=True)
class WindowFile:
    """The window that a file holds, and the lines of it that are no interactions."""

    window: Window
    rejected: tuple[RejectedLine, ...]


def read(
    path: Path | str,
    *,
    score: Scorer | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Window:
    """Read a file of interactions, JSON Lines in the interchange format, or a log, as a window.

    A log is named by its workspace, the folder with rag.toml, or by its file. Of either, `since` and `until` take what
    was asked in ``[since, until)``. `score` measures the answers for which there is no such score yet: `eval.score`
    does it without a model. Lines that are no interactions are left out, with a warning, and are told with every report
    on the window.

    :raises InputError: there is nothing at `path`, a file holds no interaction, or the period ends before it begins.
    """
    given = given_path("drift.read", "path", path)
    expect_function("drift.read", "score", score, "a function such as eval.score")
    check_period(given_time("drift.read", "since", since), given_time("drift.read", "until", until))
    if is_log(given):
        with opened_log(given) as opened:
            window = log_window(opened.log, given.name, since, until)
        return scored(window, score)
    found = read_window(given, score)
    window = _within(found.window, since, until)
    if not found.rejected:
        return window
    first = found.rejected[0]
    lines = "1 line that is" if len(found.rejected) == 1 else f"{len(found.rejected):,} lines that are"
    note = f"{path} has {lines} no interaction (line {first.line}: {first.reason}): left out."
    warnings.warn(note, stacklevel=2)
    return replace(window, notes=(*window.notes, note))


def read_window(path: Path | str, score: Scorer | None = None) -> WindowFile:
    """Do as `read` does, and return the lines that were refused, too."""
    loaded = read_file(Path(path))
    if not loaded.interactions:
        first = loaded.rejected[0]
        raise InputError(
            f"No line of {path} is an interaction (line {first.line}: {first.reason}): expected one JSON object per "
            "line with id, at, question and answer."
        )
    interactions = tuple(sorted(loaded.interactions, key=lambda item: item.at))
    window = Window(Path(path).name, interactions, loaded.scores, interactions[0].at, interactions[-1].at)
    window = replace(window, notes=tuple(f"{Path(path).name}: {note}" for note in loaded.notes))
    return WindowFile(scored(window, score), loaded.rejected)


def _within(window: Window, since: datetime | None, until: datetime | None) -> Window:
    if since is None and until is None:
        return window
    kept = tuple(item for item in window.interactions if _in_period(item.at, since, until))
    known = {item.id for item in kept}
    scores = tuple(item for item in window.scores if item.interaction_id in known)
    return replace(window, interactions=kept, scores=scores, since=since or window.since, until=until or window.until)


def _in_period(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)


def scored(window: Window, score: Scorer | None) -> Window:
    """Return the window with scores for the answers that have none of that kind; as it is without a scorer."""
    if score is None:
        return window
    return replace(window, scores=(*window.scores, *missing_scores(window.interactions, window.scores, score)))


def missing_scores(interactions: Iterable[Interaction], scores: Iterable[Score], score: Scorer) -> Iterator[Score]:
    """Yield the scores of interactions that have none of that kind; those by dimension are a kind of their own.

    The first score that `score` makes of a kind tells whether the kind is there: an answer that came with a check of
    its citations alone has no groundedness yet. No score is made twice.
    """
    known = {(item.interaction_id, item.metric, set_aside(item)) for item in scores}
    leading: dict[bool, str] = {}
    for interaction in interactions:
        if leading and all((interaction.id, metric, aside) in known for aside, metric in leading.items()):
            continue
        for made in score(interaction):
            aside = set_aside(made)
            lead = leading.setdefault(aside, made.metric)
            if known.isdisjoint({(interaction.id, lead, aside), (interaction.id, made.metric, aside)}):
                yield made
