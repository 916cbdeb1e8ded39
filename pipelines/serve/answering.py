"""An answer given in threads, seen from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from data.errors import SilentDriftError
from pipelines.answer import Asker, LoggedAnswer, PendingAnswer, stand_alone
from pipelines.serve.collection import Collection
from pipelines.serve.errors import ApiError, translated
from pipelines.serve.service import Service
from rag.answer import CheckedAnswer, Turn, answer_question
from rag.chat import shared_turns

Event = str | LoggedAnswer


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
        if isinstance(event, LoggedAnswer):
            return


def _answer(service: Service, wanted: AnswerRequest, tell: Callable[[Event | Exception], None]) -> None:
    try:
        asker = wanted.collection.asker()
        follow_ups = wanted.collection.workspace.settings.chat.follow_ups
        alone = stand_alone(asker.generator, wanted.history, wanted.question, follow_ups)
        tags = alone.tags | {"client": wanted.client}
        begun = service.search.submit(lambda: _begun(asker, wanted.id, alone.question, tags)).result()
        for part in _written(service, asker, begun, wanted.streaming):
            if isinstance(part, CheckedAnswer):
                whole = part
            elif part:
                tell(part)
        with shared_turns().urgent():
            asked = _on_record(wanted.collection, asker.conclude(begun, whole))
            service.metrics.answered(wanted.collection.name, asked)
            tell(asked)
    except Exception as error:  # one answer of many: what went wrong is told to the one who asked
        tell(error)


def _begun(asker: Asker, name: str, question: str, tags: dict[str, str]) -> PendingAnswer:
    """Search, while answers that are being written can wait: nobody sees their single words."""
    with shared_turns().urgent():
        return asker.begin(question, tags=tags, name=name)


def _on_record(collection: Collection, asked: LoggedAnswer) -> LoggedAnswer:
    """Keep an answer for the log, where it is scored once nobody waits for it any more."""
    try:
        collection.journal.keep(asked.interaction)
    except SilentDriftError as error:
        return replace(asked, log_error=str(error))
    return asked


def _written(service: Service, asker: Asker, begun: PendingAnswer, streaming: bool) -> Iterator[str | CheckedAnswer]:
    if streaming:
        return asker.write(begun, service.search.submit)  # whose threads have the index open
    return iter((answer_question(begun.visit.question, begun.found.hits, asker.generator),))
