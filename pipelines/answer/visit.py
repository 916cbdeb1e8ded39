"""One question on its way through, before anything is known of its answer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

from data.errors import InputError
from data.records import Kind


class Stopwatch:
    """Milliseconds by stage, in the order of the laps."""

    def __init__(self) -> None:
        self._start = self._last = perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str, **parts: float) -> None:
        """End a stage; `parts` are stages of their own that were milliseconds of it, in the order in which they ran."""
        now = perf_counter()
        self._laps[stage] = round(max(0.0, (now - self._last) * 1000 - sum(parts.values())), 3)
        self._laps |= {name: round(milliseconds, 3) for name, milliseconds in parts.items() if milliseconds}
        self._last = now

    def stages(self) -> dict[str, float]:
        """Return the stages so far, and their "total"."""
        return {**self._laps, "total": round((self._last - self._start) * 1000, 3)}


Tags = dict[str, str] | None
_LONGEST_QUESTION = 20_000


@dataclass(frozen=True, slots=True)
class QuestionTiming:
    """A question, the name of its record, when and for what it was asked, and how long its stages take."""

    id: str
    question: str
    at: datetime
    kind: Kind
    tags: dict[str, str]
    watch: Stopwatch


def checked_question(question: str) -> str:
    """Return a question as it may be searched for and stored.

    :raises InputError: it is empty or absurdly long.
    """
    stripped = question.strip()
    if not stripped:
        raise InputError('The question is empty: pass it in quotes, e.g. rag ask "How long is the trial?".')
    if len(stripped) > _LONGEST_QUESTION:
        raise InputError(
            f"The question has {len(stripped):,} characters, the most is {_LONGEST_QUESTION:,}: shorten it."
        )
    return stripped.encode("utf-8", "replace").decode("utf-8")


def new_visit(question: str, kind: Kind, at: datetime | None, tags: Tags, name: str) -> QuestionTiming:
    """Return the visit of a question asked `at` a time, now if None; its record is `name`, or named by the time.

    :raises InputError: the question is empty or absurdly long.
    """
    at = at or datetime.now(UTC)
    return QuestionTiming(name or new_id(at), checked_question(question), at, kind, tags or {}, Stopwatch())


def new_id(at: datetime) -> str:
    """Return a name for an interaction that begins with its time."""
    return f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(5)}"
