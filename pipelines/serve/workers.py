"""Threads for work that blocks: a bounded number, made when needed, that keeps no process from ending."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

_T = TypeVar("_T")


class Workers:
    """At most `most` threads that take work in the order in which it came.

    Unlike those of a ThreadPoolExecutor they are daemons: an answer that hangs on its endpoint does not hang the
    shutdown.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._work: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._under_way = 0

    @property
    def under_way(self) -> int:
        """How much work was given and is not done."""
        return self._under_way

    @property
    def full(self) -> bool:
        """Whether more work would have to wait."""
        return self._under_way >= self._most

    def submit(self, work: Callable[[], _T]) -> Future[_T]:
        """Do `work` in a thread; its result, or what it raised, is the future's."""
        future: Future[_T] = Future()
        with self._lock:
            self._under_way += 1
            if self._threads < min(self._under_way, self._most):
                self._threads += 1
                threading.Thread(target=self._run, name=f"{self._name}-{self._threads}", daemon=True).start()
        self._work.put((future, work))
        return future

    def _run(self) -> None:
        while True:
            future, work = self._work.get()
            try:
                result = work()
            except Exception as error:  # whatever it is belongs to the one who waits for it
                self._done()
                future.set_exception(error)
            else:
                self._done()
                future.set_result(result)
            del future, work

    def _done(self) -> None:
        with self._lock:
            self._under_way -= 1
