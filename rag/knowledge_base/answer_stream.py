"""An answer while it is written, for an event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Self

from data.errors import InputError
from data.records import Answer


class AnswerStream:
    """The text of an answer, piece by piece; once the pieces are at their end, `answer` is the whole.

    An endpoint that fails half-way ends the pieces: `answer.error` tells why.
    """

    def __init__(self, parts: AsyncIterator[str | Answer]) -> None:
        self._parts = parts
        self._answer: Answer | None = None

    @property
    def answer(self) -> Answer:
        """The answer with its citations, on record.

        :raises InputError: it is not at its end yet.
        """
        if self._answer is None:
            raise InputError("The answer is not at its end yet: iterate over its pieces first.")
        return self._answer

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        async for part in self._parts:
            if isinstance(part, Answer):
                self._answer = part
            elif part:
                return part
        raise StopAsyncIteration
