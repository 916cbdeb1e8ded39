"""Where the stages of an answer are done: at once, or in the threads of a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

_T = TypeVar("_T")


class Stages(Protocol):
    """Does the work of each stage, and waits for it where the answer needs what it returns."""

    def search(self, work: Callable[[], _T]) -> _T:
        """Do what finds the passages of a question."""
        ...

    def aside(self, work: Callable[[], object]) -> object:
        """Do what nobody waits for while the model writes."""
        ...

    def finish(self, work: Callable[[], _T]) -> _T:
        """Do what somebody waits for once the model has written."""
        ...


class ImmediateStages:
    """Does everything where it is asked for."""

    def search(self, work: Callable[[], _T]) -> _T:
        """Do it now."""
        return work()

    def aside(self, work: Callable[[], object]) -> object:
        """Do it now."""
        return work()

    def finish(self, work: Callable[[], _T]) -> _T:
        """Do it now."""
        return work()
