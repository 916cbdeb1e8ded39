"""Files of interactions become windows that can be compared."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from data.errors import InputError
from data.interchange import read_interactions
from data.jsonl import RejectedLine
from data.records import Interaction, Score, Scorer
from drift.windows import Window


@dataclass(frozen=True, slots=True)
class WindowFile:
    """The window that a file holds, and the lines of it that are no interactions."""

    window: Window
    rejected: tuple[RejectedLine, ...]


def read(path: Path | str, *, score: Scorer | None = None) -> Window:
    """Read a file of interactions, JSON Lines in the interchange format, as a window.

    `score` measures the answers for which the file holds no such score: `eval.score` does it without a model. Lines
    that are no interactions are left out, with a warning, and are told with every report on the window.

    :raises InputError: the file is missing or empty, or holds no interaction.
    """
    found = read_window(path, score)
    if not found.rejected:
        return found.window
    first = found.rejected[0]
    lines = "1 line that is" if len(found.rejected) == 1 else f"{len(found.rejected):,} lines that are"
    note = f"{path} has {lines} no interaction (line {first.line}: {first.reason}): left out."
    warnings.warn(note, stacklevel=2)
    return replace(found.window, notes=(note,))


def read_window(path: Path | str, score: Scorer | None = None) -> WindowFile:
    """Do as `read` does, and return the lines that were refused, too."""
    loaded = read_interactions(path)
    if not loaded.interactions:
        first = loaded.rejected[0]
        raise InputError(
            f"No line of {path} is an interaction (line {first.line}: {first.reason}): expected one JSON object per "
            "line with id, at, question and answer."
        )
    interactions = tuple(sorted(loaded.interactions, key=lambda item: item.at))
    added = tuple(_missing_scores(interactions, loaded.scores, score)) if score is not None else ()
    scores = (*loaded.scores, *added)
    window = Window(Path(path).name, interactions, scores, since=interactions[0].at, until=interactions[-1].at)
    return WindowFile(window, loaded.rejected)


def _missing_scores(interactions: Sequence[Interaction], scores: Sequence[Score], score: Scorer) -> Iterator[Score]:
    """Yield the scores of interactions that have none of that kind."""
    known = {(item.interaction_id, item.metric) for item in scores}
    metrics: set[str] = set()
    for interaction in interactions:
        if any((interaction.id, metric) in known for metric in metrics):
            continue
        made = score(interaction)
        metrics |= {item.metric for item in made}
        if not any((item.interaction_id, item.metric) in known for item in made):
            yield from made
