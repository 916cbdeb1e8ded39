"""One at a time: threads that compute wait for their turn asleep, instead of quarrelling for the interpreter.

Of threads that wait for the interpreter each wakes up, again and again, to ask for it. A hundred of them keep it from
those who have something better to do, such as beginning or ending an answer, which therefore take no turns.
"""

from __future__ import annotations

import threading
from time import monotonic

LEASE_S = 0.05
"""How long a turn lasts that was not given back."""


class Turns:
    """Gives turns to threads in the order in which they asked; each is known by what it is the turn of."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._holder: object | None = None
        self._until = 0.0

    def take(self, of: object) -> None:
        """Wait for a turn."""
        with self._free:
            while self._holder is not None and (left_s := self._until - monotonic()) > 0:
                self._free.wait(left_s)
            self._holder, self._until = of, monotonic() + LEASE_S

    def give_back(self, of: object) -> None:
        """Let the next have its turn; who has none gives back nothing."""
        with self._free:
            if self._holder is of:
                self._holder = None
                self._free.notify()
