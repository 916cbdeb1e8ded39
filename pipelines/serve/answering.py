"""An answer given in threads, seen from the event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from data.records import Answer
from pipelines.serve.collection import Collection
from pipelines.serve.conversation import RequestTurns
from pipelines.serve.errors import ApiError, translated
from pipelines.serve.service import Service
from pipelines.serve.workers import Workers
from rag.asking import bridged, new_question
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
    turns: RequestTurns
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
    return _translated(bridged(service.answers.submit, lambda: _answer(service, wanted)))


async def _translated(events: AsyncIterator[Event]) -> AsyncIterator[Event]:
    try:
        async for event in events:
            yield event
    except Exception as error:  # what it is in the words of the protocol belongs to the one who asked
        raise translated(error) from error


def _answer(service: Service, wanted: AnswerRequest) -> Iterator[Event]:
    asker = wanted.collection.asker()
    turns = wanted.turns
    question = new_question(turns.question, tags={"client": wanted.client}, name=wanted.id, flags=turns.flags)
    stages = _Threads(service.search)
    for part in asker.pieces(question, turns.earlier, streaming=wanted.streaming, stages=stages):
        if isinstance(part, Answer):
            with shared_turns().urgent():
                service.metrics.answered(wanted.collection.name, part)
                yield part
        elif part:
            yield part


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
