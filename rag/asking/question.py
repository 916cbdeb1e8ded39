"""One question on its way through: what was asked, when and for what, and how long its stages take."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import perf_counter

from data.errors import InputError
from data.records import Kind
from data.text import whole_characters
from rag.answer import Turn, standalone
from rag.chat import FollowUps
from rag.protocols import Generator, Writer

_LONGEST_QUESTION = 20_000


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


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the name of its record; `tags` hold how it was asked ("asked_as") where that was otherwise.

    `flags` tell what of the request was not read.
    """

    id: str
    text: str
    at: datetime
    kind: Kind = "user"
    tags: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


def new_question(
    text: str,
    *,
    kind: Kind = "user",
    at: datetime | None = None,
    tags: Mapping[str, str] | None = None,
    name: str = "",
    flags: tuple[str, ...] = (),
) -> Question:
    """Return a question as it may be searched for and stored, asked `at` a time, now if None.

    Its record is `name`, or named by the time.

    :raises InputError: the question is empty or absurdly long.
    """
    stripped = text.strip()
    if not stripped:
        raise InputError('The question is empty: write what you want to know, e.g. "How long is the trial?".')
    if len(stripped) > _LONGEST_QUESTION:
        raise InputError(
            f"The question has {len(stripped):,} characters, the most is {_LONGEST_QUESTION:,}: shorten it."
        )
    at = at or datetime.now(UTC)
    return Question(name or new_id(at), whole_characters(stripped), at, kind, tags or {}, flags)


def new_id(at: datetime) -> str:
    """Return a name for an interaction that begins with its time."""
    return f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(5)}"


def stand_alone(question: Question, history: Sequence[Turn], generator: Generator, how: FollowUps) -> Question:
    """Make a follow-up stand alone: by the model that also answers, where it is one, else by rule."""
    if how == "none":
        return question
    writer = generator if how == "model" and isinstance(generator, Writer) else None
    found = standalone(history, question.text, writer)
    return question if found == question.text else replace(question, text=found, tags=_asked_as(question))


def _asked_as(question: Question) -> dict[str, str]:
    return {"asked_as": question.text, **question.tags}
