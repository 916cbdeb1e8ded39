"""Windows: the two sets of interactions that are compared, and what must be said about them before they are.

Outcomes have fixed meanings. A failed interaction belongs to the ops plane alone. An abstention is an outcome: it
counts in the outcome distribution and in the answered rate. A proxy score on it is ignored, because there is no claim
to support. A score that is missing is missing: it is never read as 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.errors import InputError
from data.records import DIMENSIONS_SCORER, FORGOTTEN, Interaction, Score
from data.scales import rescaled
from data.text import plural

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far ahead of us another machine's clock may be before its records count as coming from the future."""

_REFUSED = "refused"
_EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Window:
    """A named set of interactions and scores; `since` and `until` bound it as ``[since, until)``, None if open.

    `notes` say what is to be told of it with every report, such as lines of its file that were refused.
    """

    name: str
    interactions: tuple[Interaction, ...]
    scores: tuple[Score, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def traffic(self) -> tuple[Interaction, ...]:
        """What people asked; of a window that holds only canaries, the canaries; replays never count."""
        users = tuple(item for item in self.interactions if item.kind == "user")
        return users or self.canaries

    @property
    def canaries(self) -> tuple[Interaction, ...]:
        """The fixed questions asked on a schedule."""
        return tuple(item for item in self.interactions if item.kind == "canary")


@dataclass(frozen=True, slots=True)
class CheckedWindow:
    """A window fit for comparison, and one sentence for everything that was left out of it."""

    window: Window
    notes: tuple[str, ...]


def on_one_scale(reference: Window, current: Window) -> tuple[tuple[Window, Window], tuple[str, ...]]:
    """Return both windows with all scores from 0 to 1 and better high, and one sentence for each metric changed."""
    made = rescaled((reference.scores, current.scores))
    return (replace(reference, scores=made.sides[0]), replace(current, scores=made.sides[1])), made.notes


def check_window(window: Window, now: datetime) -> CheckedWindow:
    """Sort a window by time, keep one copy of repeated records, leave out records from the future and broken scores.

    :raises InputError: two different interactions share an id, or a time has no time zone.
    """
    unique = _unique(window)
    present = [item for item in unique if item.at <= now + CLOCK_TOLERANCE]
    known = {item.id for item in present}
    finite = [score for score in window.scores if score.interaction_id in known and _finite(score)]
    copies = len(window.interactions) - len(unique)
    notes = (
        *window.notes,
        _note(copies, window, "repeated with the same id and counted once"),
        _note(len(unique) - len(present), window, f"dated after {now:%Y-%m-%d %H:%M} and left out: check the clocks"),
        _broken_note(window),
    )
    present.sort(key=lambda item: (item.at, item.id))
    checked = replace(window, interactions=_declined(present, finite), scores=tuple(finite))
    return CheckedWindow(checked, tuple(note for note in notes if note))


def _declined(items: Iterable[Interaction], scores: Iterable[Score]) -> tuple[Interaction, ...]:
    """Count answers that refuse in words of their own, as our scores by dimension found them, as abstentions."""
    refused = {
        score.interaction_id for score in scores if set_aside(score) and score.metric == _REFUSED and score.value
    }
    return tuple(
        replace(item, outcome="abstained") if item.id in refused and item.outcome == "answered" else item
        for item in items
    )


def _unique(window: Window) -> list[Interaction]:
    by_id: dict[str, Interaction] = {}
    for item in window.interactions:
        if item.at.tzinfo is None:
            raise InputError(
                f"Interaction {item.id!r} of window {window.name!r} has no time zone ({item.at}): write times in UTC."
            )
        if by_id.setdefault(item.id, item) != item:
            raise InputError(
                f"Window {window.name!r} holds two different interactions with id {item.id!r}: give each its own id."
            )
    return list(by_id.values())


def _note(count: int, window: Window, what: str) -> str:
    return f"Window {window.name}: {plural(count, 'interaction')} {what}." if count else ""


def _broken_note(window: Window) -> str:
    broken = sum(not _finite(score) for score in window.scores)
    return f"Window {window.name}: {plural(broken, 'score')} not in [0, 1] and counted as missing." if broken else ""


def _finite(score: Score) -> bool:
    return score.value is None or (math.isfinite(score.value) and 0.0 <= score.value <= 1.0)


def set_aside(score: Score) -> bool:
    """Tell whether a score describes an answer by dimension: those do not speak for quality."""
    return score.scorer == DIMENSIONS_SCORER


def speaking(scores: Iterable[Score]) -> Iterator[Score]:
    """Yield the scores that may speak for quality."""
    return (score for score in scores if not set_aside(score))


def is_empty(item: Interaction) -> bool:
    """Tell whether the user got an answer without a word; one whose text was deleted had some."""
    return item.answer is not None and not item.answer.strip() and FORGOTTEN not in item.flags


def normalised(text: str) -> str:
    """Fold case, spaces and closing punctuation, so that the same question asked twice is recognised."""
    return " ".join(text.casefold().split()).rstrip(" ?!.。？！")
