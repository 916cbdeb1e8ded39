"""Streams of many endpoints' replies, read by one thread.

Two hundred replies at twenty tokens a second wake two hundred threads four thousand times a second. Most of the
processor goes into waking them and into their quarrel for the interpreter. Here one thread takes in what arrives. It
wakes the one that waits for a reply when the reply has ended, or when what came has waited for a moment. Nobody sees
single tokens: answers are shown sentence by sentence. What has come of replies that go on is dealt with in turns. One
that has ended does not wait for a turn, as somebody waits for it.
"""

from __future__ import annotations

import re
import selectors
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import import_module
from time import monotonic, sleep
from typing import Any
from urllib.request import getproxies

from rag.chat.deadline import attach_connection
from rag.chat.turns import Turns, shared_turns

_AT_ONCE = 65_536
_MOST = 2**20
"""How many unread bytes a reply may have; it is then left to its sender until some were read."""
_END = re.compile(rb'\[DONE\]|"error"|(?:^|\n)0\r\n\r\n')
"""What stands at the end of a stream of events, or in place of one."""


class Flow:
    """The rest of one reply: what has arrived at `source` and was not read."""

    def __init__(self, source: socket.socket) -> None:
        self.source = source
        self.received = bytearray()
        self.ended = False
        self.whole = False
        self.error: OSError | None = None
        self.lock = threading.Lock()
        self.ready = threading.Event()

    def take_in(self) -> bool:
        """Take in what has arrived; tell whether its reader need not be woken yet."""
        try:
            data = self._arrived()
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError as error:
            self.error = error
            data = b""
        with self.lock:
            waiting = not self.received
            self.received += data
        if not data:
            self.ended = True
        ending = not data or _END.search(data) is not None
        self.whole = self.whole or ending
        if ending or len(self.received) >= _MOST:
            self.ready.set()
            return False
        return waiting

    def _arrived(self) -> bytes:
        data = self.source.recv(_AT_ONCE)
        while data and isinstance(self.source, ssl.SSLSocket) and self.source.pending():
            data += self.source.recv(_AT_ONCE)
        return data

    def read(self, most: int) -> bytes:
        """Return what has arrived, empty at the end.

        :raises OSError: the connection broke.
        """
        with self.lock:
            data = bytes(self.received[:most])
            del self.received[:most]
            if not self.received and not self.ended:
                self.ready.clear()
        if not data and self.error is not None:
            raise self.error
        return data


class FlowReader:
    """The thread that takes in what arrives for all flows.

    What came wakes its reader after `patience_s`. More than `many` replies at once are looked into half as often, and
    what arrives for them within a `pause` is taken in together.
    """

    def __init__(
        self,
        turns: Turns,
        *,
        patience_s: float = 0.15,
        many: int = 50,
        pause: Callable[[], None] = lambda: sleep(0.002),
    ) -> None:
        self._patience_s = patience_s
        self._many = many
        self._pause = pause
        self._selector = selectors.DefaultSelector()
        self._waiting: deque[tuple[float, Flow]] = deque()
        self._turns = turns
        threading.Thread(target=self._run, name="reply-reader", daemon=True).start()

    def begin(self, source: socket.socket) -> Flow:
        """Take in what arrives at a connected socket from now on."""
        flow = Flow(source)
        source.setblocking(False)
        with suppress(KeyError, ValueError):  # a socket of this number that was closed without a word
            self._selector.unregister(source.fileno())
        self._selector.register(source, selectors.EVENT_READ, flow)
        return flow

    def end(self, flow: Flow) -> None:
        """Leave a socket alone again."""
        self._turns.give_back(flow)
        with suppress(KeyError, ValueError):  # it ended by itself, or was closed
            self._selector.unregister(flow.source)

    def read(self, flow: Flow, most: int, timeout_s: float | None) -> bytes:
        """Return what has arrived once it is worth reading, empty at the end; the turn lasts until the next call.

        :raises TimeoutError: nothing came in time.
        :raises OSError: the connection broke.
        """
        self._turns.give_back(flow)
        if not flow.ready.wait(timeout_s) and not flow.received:
            raise TimeoutError
        if not flow.whole:
            self._turns.take(flow)
        return flow.read(most)

    def _run(self) -> None:
        while True:
            many = len(self._selector.get_map()) > self._many
            if many:
                self._pause()  # four thousand tokens a second would wake this thread as often
            now = monotonic()
            while self._waiting and self._waiting[0][0] <= now:
                self._waiting.popleft()[1].ready.set()
            for key, _ in self._selector.select(self._waiting[0][0] - now if self._waiting else None):
                flow: Flow = key.data
                if flow.take_in():
                    self._waiting.append((monotonic() + self._patience_s * (2 if many else 1), flow))
                elif flow.ended:
                    self.end(flow)


def can_pace() -> bool:
    """Tell whether sockets can be added to a selector that waits already, which select() cannot do."""
    return hasattr(selectors, "EpollSelector") or hasattr(selectors, "KqueueSelector")


@cache
def shared_reader() -> FlowReader:
    """Return the reader of this process."""
    return FlowReader(shared_turns())


def paced_transport(httpx: Any) -> Any:
    """Return a transport of `httpx`, the module the client is from; None where streams cannot be paced.

    That is where sockets cannot, and where the environment names proxies, which a transport of ours would not use.
    """
    return _transport_class(httpx)() if can_pace() and not getproxies() else None


def pace(network_stream: Any) -> None:
    """Read the rest of a reply through the thread that all streams share, if its connection is one of ours."""
    begin = getattr(network_stream, "begin_pace", None)
    if begin is not None:
        begin()


class PacedStream:
    """A connection; between `begin_pace` and the next request its bytes come through the shared reader.

    `inner` is a network stream of httpcore, `core` that library.
    """

    def __init__(self, inner: Any, core: Any) -> None:
        self._inner = inner
        self._core = core
        self._flow: Flow | None = None

    def begin_pace(self) -> None:
        """Let the shared reader read from now on."""
        if self._flow is None:
            self._flow = shared_reader().begin(self._inner.get_extra_info("socket"))

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came, empty at the end; errors are those of httpcore."""
        if self._flow is None:
            return bytes(self._inner.read(max_bytes, timeout))
        try:
            return shared_reader().read(self._flow, max_bytes, timeout)
        except TimeoutError as error:
            raise self._core.ReadTimeout(str(error)) from error
        except OSError as error:
            raise self._core.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send the next request."""
        self._end_pace()
        attach_connection(self._inner)
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        """End the connection."""
        self._end_pace()
        self._inner.close()

    def start_tls(self, *args: Any, **options: Any) -> PacedStream:
        """Return the same connection, encrypted."""
        return PacedStream(self._inner.start_tls(*args, **options), self._core)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection."""
        return self._inner.get_extra_info(info)

    def _end_pace(self) -> None:
        flow, self._flow = self._flow, None
        if flow is not None:
            shared_reader().end(flow)


@cache
def _transport_class(httpx: Any) -> Any:
    import openai

    core = import_module(httpx.__name__.replace("httpx", "httpcore"))
    limits = openai.DEFAULT_CONNECTION_LIMITS
    backend: Any = core.SyncBackend

    class PacedBackend(backend):  # type: ignore[misc]
        def connect_tcp(self, *args: Any, **options: Any) -> Any:
            return PacedStream(super().connect_tcp(*args, **options), core)

    class PacedTransport(httpx.HTTPTransport):  # type: ignore[misc]
        _pool: Any

        def __init__(self) -> None:
            context = httpx.create_ssl_context()
            super().__init__(verify=context)
            self._pool.close()
            self._pool = core.ConnectionPool(
                ssl_context=context,
                max_connections=limits.max_connections,
                max_keepalive_connections=limits.max_keepalive_connections,
                keepalive_expiry=limits.keepalive_expiry,
                network_backend=PacedBackend(),
            )

    return PacedTransport
