"""Connections of the HTTP client of openai whose streams are read by one thread; see `rag.paced_reading`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any
from urllib.request import getproxies

from rag.paced_reading import Flow, can_pace, shared_reader


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
