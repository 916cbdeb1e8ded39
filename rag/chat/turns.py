"""One at a time: threads that compute wait for their turn asleep, instead of quarrelling for the interpreter.

Of threads that wait for the interpreter each wakes up, again and again, to ask for it. A hundred of them keep it from
those who have something better to do. To begin an answer and to end one take no turns.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from time import monotonic


class Turns:
    """Gives turns to threads; each is known by what it is the turn of.

    A turn that was not given back ends after `lease_s`. While something urgent is done the next one begins at the
    soonest `pause_s` after the last. `clock` tells seconds.
    """

    def __init__(
        self, *, lease_s: float = 0.05, pause_s: float = 0.005, clock: Callable[[], float] = monotonic
    ) -> None:
        self._lease_s = lease_s
        self._pause_s = pause_s
        self._clock = clock
        self._line = threading.Lock()
        self._changed = threading.Condition()
        self._holder: object | None = None
        self._taken = self._until = 0.0
        self._urgent = 0

    def take(self, of: object) -> None:
        """Wait for a turn."""
        with self._line, self._changed:  # the first of the line alone looks whether it may begin
            while (left_s := self._left_s()) > 0:
                self._changed.wait(left_s)
            self._holder, self._taken = of, self._clock()
            self._until = self._taken + self._lease_s

    def give_back(self, of: object) -> None:
        """Let the next have its turn; who has none gives back nothing."""
        with self._changed:
            if self._holder is of:
                self._holder = None
                self._changed.notify()

    @contextmanager
    def urgent(self) -> Iterator[None]:
        """Let turns be rare while this lasts; never do they cease."""
        with self._changed:
            self._urgent += 1
        try:
            yield
        finally:
            with self._changed:
                self._urgent -= 1
                self._changed.notify()

    def _left_s(self) -> float:
        now = self._clock()
        held_s = self._until - now if self._holder is not None else 0.0
        return max(held_s, self._taken + self._pause_s - now if self._urgent else 0.0)


@cache
def shared_turns() -> Turns:
    """Return the turns of this process."""
    return Turns()
