"""Several endpoints behind one: the next is asked when one fails; one that keeps failing is left alone for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from data.records import Hit
from rag.errors import ContextOverflow, EndpointError
from rag.protocols import Draft, Generator


@dataclass(slots=True)
class _Breaker:
    """Counts failures in a row; open means: do not ask until `retry_at`."""

    failures: int = 0
    retry_at: float = 0.0


class Fallback:
    """Asks the first of `generators` that works.

    After `threshold` failures in a row a generator is skipped for `pause_s` seconds, then tried with one question. A
    draft from another than the first is flagged "fallback:ID". When all fail, or all are skipped, the error says so.
    """

    def __init__(
        self,
        generators: Sequence[Generator],
        *,
        threshold: int = 3,
        pause_s: float = 30.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._generators = list(generators)
        self._breakers = [_Breaker() for _ in generators]
        self._threshold = threshold
        self._pause_s = pause_s
        self._clock = clock
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        """Name of the first generator, which all others stand in for."""
        return self._generators[0].id

    @property
    def prompt_version(self) -> str:
        """Name of the first generator's wording."""
        return self._generators[0].prompt_version

    def generate(self, question: str, hits: Sequence[Hit]) -> Draft:
        """Write a draft with the first generator that can.

        :raises EndpointError: none can; the message holds each one's reason.
        """
        reasons = []
        for place, generator in enumerate(self._generators):
            if not self._may_ask(place):
                reasons.append(f"{generator.id} failed {self._threshold} times and is left alone for now")
                continue
            try:
                draft = generator.generate(question, hits)
            except EndpointError as error:
                self._note(place, failed=not isinstance(error, ContextOverflow))
                reasons.append(str(error).rstrip("."))
                continue
            self._note(place, failed=False)
            return draft if place == 0 else replace(draft, flags=(*draft.flags, f"fallback:{generator.id}"))
        raise EndpointError(f"None of {len(self._generators)} endpoints answered: {'; '.join(reasons)}.")

    def _may_ask(self, place: int) -> bool:
        """Tell whether a generator may be asked; the first question after a pause closes the door behind it."""
        with self._lock:
            breaker = self._breakers[place]
            if breaker.failures < self._threshold:
                return True
            if self._clock() < breaker.retry_at:
                return False
            breaker.retry_at = self._clock() + self._pause_s
            return True

    def _note(self, place: int, *, failed: bool) -> None:
        with self._lock:
            breaker = self._breakers[place]
            breaker.failures = breaker.failures + 1 if failed else 0
            breaker.retry_at = self._clock() + self._pause_s
