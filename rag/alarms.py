"""Things to be done at a time, by one thread for all: a thread for each would be started twice in every answer."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable
from functools import cache
from itertools import count
from time import monotonic


class Alarm:
    """Something to be done later, unless it is cancelled before; it must neither fail nor take long."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Do nothing any more, and let go of what it was to be done with."""
        self._action = None

    def ring(self) -> None:
        """Do it now, once."""
        action, self._action = self._action, None
        if action is not None:
            action()


class Clock:
    """The thread that rings alarms."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Alarm]] = []
        self._numbers = count()
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="clock", daemon=True).start()

    def alarm(self, seconds: float, action: Callable[[], None]) -> Alarm:
        """Call `action` after `seconds`, in the clock's thread."""
        alarm = Alarm(action)
        entry = (monotonic() + seconds, next(self._numbers), alarm)
        with self._changed:
            heapq.heappush(self._due, entry)
            if self._due[0] is entry:
                self._changed.notify()
        return alarm

    def _run(self) -> None:
        while True:
            self._next().ring()

    def _next(self) -> Alarm:
        with self._changed:
            while not self._due or self._due[0][0] > monotonic():
                self._changed.wait(self._due[0][0] - monotonic() if self._due else None)
            return heapq.heappop(self._due)[2]


@cache
def shared_clock() -> Clock:
    """Return the clock of this process."""
    return Clock()
