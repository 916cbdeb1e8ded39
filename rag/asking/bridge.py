"""What a thread yields, seen from an event loop: the one bridge between answers and `async`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Item(Generic[_T]):
    value: _T


@dataclass(frozen=True, slots=True)
class _End:
    error: Exception | None = None


def bridged(submit: Callable[[Callable[[], None]], object], work: Callable[[], Iterable[_T]]) -> AsyncIterator[_T]:
    """Begin `work` in a thread that `submit` takes it to; yield what it yields and raise what it raises.

    It is brought to its end even when nobody listens any more: what was asked is on record. Call it from the event
    loop that is to hear of it.
    """
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[_Item[_T] | _End] = asyncio.Queue()

    def tell(event: _Item[_T] | _End) -> None:
        with suppress(RuntimeError):  # the loop is gone when the program ended before the answer came
            loop.call_soon_threadsafe(events.put_nowait, event)

    def run() -> None:
        try:
            for value in work():
                tell(_Item(value))
        except Exception as error:  # whatever it is belongs to the one who listens
            tell(_End(error))
        else:
            tell(_End())

    submit(run)
    return _told(events)


async def _told(events: asyncio.Queue[_Item[_T] | _End]) -> AsyncIterator[_T]:
    while isinstance(event := await events.get(), _Item):
        yield event.value
    if event.error is not None:
        raise event.error
