"""One asker, opened at first use and shared by threads; it is closed when nobody uses it any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from data.errors import WorkspaceError
from rag.asking import Asker


class SharedAsker:
    """Lends an asker to any number of threads; `name` is what it is called in messages."""

    def __init__(self, build: Callable[[], Asker], name: str) -> None:
        self._build = build
        self._name = name
        self._changed = threading.Condition()
        self._asker: Asker | None = None
        self._users = 0
        self.closed = False

    @contextmanager
    def lent(self) -> Iterator[Asker]:
        """Lend the asker.

        :raises WorkspaceError: it is closed.
        :raises SilentDriftError: it cannot be opened, as before anything was ingested.
        """
        with self.used():
            with self._changed:
                if self._asker is None:
                    self._asker = self._build()
                asker = self._asker
            yield asker

    @contextmanager
    def used(self) -> Iterator[None]:
        """Keep it from being closed meanwhile.

        :raises WorkspaceError: it is closed already.
        """
        with self._changed:
            if self.closed:
                raise WorkspaceError(f"The knowledge base {self._name} is closed: open it again with rag.open.")
            self._users += 1
        try:
            yield
        finally:
            with self._changed:
                self._users -= 1
                self._changed.notify_all()

    def close(self) -> None:
        """Lend it no more, wait until it comes back from everybody, and release its files."""
        with self._changed:
            self.closed = True
            self._changed.wait_for(lambda: self._users == 0)
            if self._asker is not None:
                self._asker.retriever.index.close()
                self._asker = None
