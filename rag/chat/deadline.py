"""How long an answer may take, over all tries and waits, and what is done when a reply goes on and on."""

from __future__ import annotations

import heapq
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from time import monotonic
from typing import Any


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


class TimeBudget:
    """`seconds` from now on."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._end - self._clock())

    def check(self) -> None:
        """Raise when there is none left.

        :raises EndpointTimeout: there is none.
        """
        if not self.left:
            raise EndpointTimeout(self.seconds, first=False)


class EndpointTimeout(TimeoutError):
    """A reply was cut after `seconds`, for it had not begun (`first`) or not ended."""

    def __init__(self, seconds: float, *, first: bool) -> None:
        super().__init__(f"cut after {seconds:g} s")
        self.seconds = seconds
        self.first = first


class Lifeline:
    """Cuts the connection of a reply whose time is up.

    A read timeout alone does not bound a reply: a server that sends a comment now and then, or a byte, keeps it alive
    for ever. So once a reply has begun a timer waits to shut its socket, from which the reader wakes up. From then on
    `silence_s` is the longest silence allowed.
    """

    def __init__(self, silence_s: float) -> None:
        self.silence_s = silence_s
        self._socket: socket.socket | None = None
        self._alarm: Alarm | None = None
        self.cut = False

    def attach(self, network_stream: Any) -> None:
        """Take the connection of a reply whose head has come."""
        self._socket = network_stream.get_extra_info("socket") if network_stream is not None else None

    def wait(self, seconds: float) -> None:
        """Cut the connection after `seconds`, in place of what was said before."""
        self.release()
        self._alarm = shared_clock().alarm(seconds, self._shut)

    def release(self) -> None:
        """Cut nothing any more."""
        if self._alarm is not None:
            self._alarm.cancel()

    def _shut(self) -> None:
        self.cut = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


_current = threading.local()


@contextmanager
def holding(lifeline: Lifeline) -> Iterator[None]:
    """Give the next reply that begins in this thread to `lifeline`."""
    _current.lifeline = lifeline
    try:
        yield
    finally:
        _current.lifeline = None


def attach_connection(network_stream: Any) -> None:
    """Attach a connection on which a request is sent: a head that never ends must be cut as well."""
    lifeline = getattr(_current, "lifeline", None)
    if lifeline is not None:
        lifeline.attach(network_stream)


def attach_reply(response: Any) -> None:
    """Attach a reply to the lifeline this thread holds; an event hook of the HTTP client, called when its head came."""
    lifeline = getattr(_current, "lifeline", None)
    if lifeline is not None:
        lifeline.attach(response.extensions.get("network_stream"))
        response.request.extensions.get("timeout", {})["read"] = lifeline.silence_s
