"""How long an answer may take, over all tries and waits, and what is done when a reply goes on and on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

from rag.alarms import Alarm, shared_clock


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


def attach_reply(response: Any) -> None:
    """Attach a reply to the lifeline this thread holds; an event hook of the HTTP client, called when its head came."""
    lifeline = getattr(_current, "lifeline", None)
    if lifeline is not None:
        lifeline.attach(response.extensions.get("network_stream"))
        response.request.extensions.get("timeout", {})["read"] = lifeline.silence_s
