"""One question on its way through, before anything is known of its answer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from data.errors import InputError
from data.records import Kind
from pipelines.stopwatch import Stopwatch

Tags = dict[str, str] | None
_LONGEST_QUESTION = 20_000


@dataclass(frozen=True, slots=True)
class Visit:
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


def new_visit(question: str, kind: Kind, at: datetime | None, tags: Tags, name: str) -> Visit:
    """Return the visit of a question asked `at` a time, now if None; its record is `name`, or named by the time.

    :raises InputError: the question is empty or absurdly long.
    """
    at = at or datetime.now(UTC)
    return Visit(name or new_id(at), checked_question(question), at, kind, tags or {}, Stopwatch())


def new_id(at: datetime) -> str:
    """Return a name for an interaction that begins with its time."""
    return f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(5)}"
