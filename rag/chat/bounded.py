"""Replies of bounded size: what a server sends beyond it is not read, however it is packed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

LONGEST_EVENT = 2**22
"""How many bytes one event of a stream may have."""
TOKEN_BYTES = 1024
"""How many bytes a token of an answer may take in a stream, with all that stands around it."""
_AT_ONCE = 65_536
_PLAIN = ("", "identity")


class OversizedReply(Exception):
    """A reply has more bytes than it may have."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most:,} bytes")
        self.most = most


def too_large(error: BaseException | None) -> OversizedReply | None:
    """Return what an error comes from, if that is a reply that is too large."""
    while error is not None and not isinstance(error, OversizedReply):
        error = error.__cause__ or error.__context__
    return error


def bound_reply(response: Any, library: Any, most: int) -> None:
    """Let no more than `most` bytes of a reply be read, unpacked; `library` is the HTTP library it comes from.

    :raises ValueError: it is packed in a way that cannot be bounded.
    """
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing not in (*_PLAIN, "gzip", "x-gzip", "deflate"):
        raise ValueError(f"it is packed as {packing[:40]!r}, which nobody asked for")
    if packing not in _PLAIN:
        del response.headers["content-encoding"]
    response.stream = _stream_class(library.SyncByteStream)(response.stream, packing not in _PLAIN, most)


@cache
def _stream_class(base: Any) -> Any:
    class BoundedStream(base):  # type: ignore[misc]
        def __init__(self, inner: Any, packed: bool, most: int) -> None:
            self._inner = inner
            self._packed = packed
            self._most = most

        def __iter__(self) -> Iterator[bytes]:
            read = 0
            for piece in _unpacked(self._inner) if self._packed else self._inner:
                read += len(piece)
                if read > self._most:
                    raise OversizedReply(self._most)
                yield piece

        def close(self) -> None:
            self._inner.close()

    return BoundedStream


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what gzip or deflate holds, a little at a time.

    :raises ValueError: it is neither.
    """
    unpacker = None
    for piece in pieces:
        if unpacker is None:
            # Some servers send deflate without its head.
            bare = piece[:1] and piece[0] & 0x0F != 8 and not piece.startswith(b"\x1f")
            unpacker = zlib.decompressobj(-zlib.MAX_WBITS if bare else zlib.MAX_WBITS | 32)
        try:
            yield unpacker.decompress(piece, _AT_ONCE)
            while unpacker.unconsumed_tail:
                yield unpacker.decompress(unpacker.unconsumed_tail, _AT_ONCE)
        except zlib.error as error:
            raise ValueError(f"it cannot be unpacked ({error})") from error
    if unpacker is not None:
        yield unpacker.flush(_AT_ONCE)


def event_texts(pieces: Iterable[bytes]) -> Iterator[str]:
    """Yield the data of each event of a stream of server-sent events, but for one that was cut.

    :raises OversizedReply: one has more bytes than `LONGEST_EVENT`.
    """
    data: list[str] = []
    size = 0
    for line in _lines(pieces):
        if line:
            name, _, value = line.partition(b":")
            if name == b"data":
                data.append(value.removeprefix(b" ").decode("utf-8", "replace"))
                size += len(line)
                if size > LONGEST_EVENT:
                    raise OversizedReply(LONGEST_EVENT)
        elif data:
            yield "\n".join(data)
            data, size = [], 0
    if len(data) == 1 and data[0].strip().endswith(("}", "[DONE]")):
        yield data[0]


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines, whatever ends them, without their ends."""
    waiting: list[bytes] = []
    size = 0
    after_return = False
    for piece in pieces:
        if after_return and piece.startswith(b"\n"):
            piece = piece[1:]
        after_return = piece.endswith(b"\r") if piece else after_return
        first, *others = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        waiting.append(first)
        size += len(first)
        if size > LONGEST_EVENT:
            raise OversizedReply(LONGEST_EVENT)
        if others:
            yield b"".join(waiting)
            yield from others[:-1]
            waiting, size = [others[-1]], len(others[-1])
    if size:
        yield b"".join(waiting)
