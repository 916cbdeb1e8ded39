"""An answer given in threads, seen from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from data.records import Answer
from pipelines.serve.collection import Collection
from pipelines.serve.errors import ApiError, translated
from pipelines.serve.service import Service
from pipelines.serve.workers import Workers
from rag.answer import Turn
from rag.asking import new_question
from rag.chat import shared_turns

Event = str | Answer
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """A question of a conversation to a collection, and whether its answer is wanted piece by piece.

    `id` names the answer from its first piece on, and its record.
    """

    id: str
    collection: Collection
    question: str
    history: tuple[Turn, ...]
    client: str
    streaming: bool


def start_answer(service: Service, wanted: AnswerRequest) -> AsyncIterator[Event]:
    """Begin an answer; yield its text in pieces, if so wanted, and the whole once it is on record.

    It is brought to its end even when nobody listens any more: what was asked is on record. The iterator raises
    `ApiError`.

    :raises ApiError: as many answers are under way as may be.
    """
    if service.answers.full:
        message = f"{service.answers.under_way} answers are under way: try again in a second."
        raise ApiError(503, message, kind="server_error", code="overloaded", headers={"Retry-After": "1"})
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[Event | Exception] = asyncio.Queue()

    def tell(event: Event | Exception) -> None:
        with suppress(RuntimeError):  # the loop is gone when the server was stopped before the answer came
            loop.call_soon_threadsafe(events.put_nowait, event)

    service.answers.submit(lambda: _answer(service, wanted, tell))
    return _told(events)


async def _told(events: asyncio.Queue[Event | Exception]) -> AsyncIterator[Event]:
    while True:
        event = await events.get()
        if isinstance(event, Exception):
            raise translated(event)
        yield event
        if isinstance(event, Answer):
            return


def _answer(service: Service, wanted: AnswerRequest, tell: Callable[[Event | Exception], None]) -> None:
    try:
        asker = wanted.collection.asker()
        question = new_question(wanted.question, tags={"client": wanted.client}, name=wanted.id)
        parts = asker.pieces(question, wanted.history, streaming=wanted.streaming, stages=_Threads(service.search))
        for part in parts:
            if isinstance(part, Answer):
                with shared_turns().urgent():
                    service.metrics.answered(wanted.collection.name, part)
                    tell(part)
            elif part:
                tell(part)
    except Exception as error:  # one answer of many: what went wrong is told to the one who asked
        tell(error)


class _Threads:
    """Searches in the threads that have the index open; somebody waits for a search, and for the end of an answer.

    Answers that are being written can wait meanwhile: nobody sees their single words.
    """

    def __init__(self, search: Workers) -> None:
        self._search = search

    def search(self, work: Callable[[], _T]) -> _T:
        """Do it there, and wait for it."""
        return self._search.submit(lambda: self.finish(work)).result()

    def aside(self, work: Callable[[], object]) -> object:
        """Do it there."""
        return self._search.submit(work)

    def finish(self, work: Callable[[], _T]) -> _T:
        """Do it before all that can wait."""
        with shared_turns().urgent():
            return work()
