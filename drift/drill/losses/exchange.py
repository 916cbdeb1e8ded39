"""One question with its answer and passages, as losses see it, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Protocol, TypeVar, cast

from data.text import sentence_spans


class Exchange(Protocol):
    """A frozen dataclass with these fields.

    `group` names what exchanges about the same matter share, such as a source. `short` is the right answer in a few
    words where it is known: no loss may say it. An exchange that is not `answerable` is rightly refused.
    """

    @property
    def question(self) -> str:
        """The question."""

    @property
    def answer(self) -> str:
        """The answer, "" for an empty one."""

    @property
    def passages(self) -> tuple[str, ...]:
        """The texts it was given."""

    @property
    def group(self) -> str:
        """What it is about."""

    @property
    def language(self) -> str:
        """ISO 639-1 code of the question's language."""

    @property
    def short(self) -> str:
        """The right answer in a few words, or ""."""

    @property
    def answerable(self) -> bool:
        """Whether the passages hold an answer."""


E = TypeVar("E", bound=Exchange)
Loss = Callable[[E, Sequence[E], Random], "E | None"]
"""Spoil an exchange; others may lend it texts. None where this loss cannot be made of it."""


def with_parts(exchange: E, **parts: object) -> E:
    """Return an exchange with other parts."""
    return cast("E", replace(cast("Any", exchange), **parts))


def answered(exchange: E, answer: str | None) -> E | None:
    """Return an exchange with another answer; None where it is the same one, or none."""
    return with_parts(exchange, answer=answer) if answer and answer.strip() != exchange.answer.strip() else None


def split(text: str) -> list[str]:
    """Return the sentences of a text as written."""
    return [text[start:end] for start, end in sentence_spans(text)]
