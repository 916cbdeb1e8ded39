"""Several endpoints behind one: the next is asked when one fails; one that keeps failing is left alone for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from time import monotonic
from typing import TypeVar

from data.records import Draft, Hit
from data.text import plural
from rag.chat.deadline import TimeBudget
from rag.chat.settings import ChatSettings
from rag.errors import ContextOverflow, EndpointError, EndpointRefusal
from rag.protocols import BoundedGenerator, Generator, StreamingGenerator, Writer

_T = TypeVar("_T")
_DEFAULT = ChatSettings()
_SHARE = 0.5


@dataclass(slots=True)
class _Breaker:
    """Counts failures in a row; open means: do not ask until `retry_at`."""

    failures: int = 0
    retry_at: float = 0.0


class Fallback:
    """Asks the first of `generators` that works.

    After `threshold` failures in a row a generator is skipped for `pause_s` seconds, then tried with one question; one
    that asks to be left alone for longer gets its wish. All share `deadline_s` for an answer, and one with others
    behind it may use half of what is left. A draft from another than the first is flagged "fallback:ID". When all fail,
    or all are skipped, the error says so.
    """

    def __init__(
        self,
        generators: Sequence[Generator],
        *,
        threshold: int = 3,
        pause_s: float = 30.0,
        deadline_s: float = _DEFAULT.deadline_s,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._generators = list(generators)
        self._breakers = [_Breaker() for _ in generators]
        self._threshold = threshold
        self._pause_s = pause_s
        self._deadline_s = deadline_s
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

    def bounded(self, seconds: float) -> Fallback:
        """Return the same generators, with the same record of failures, and at most `seconds` for each answer."""
        other = copy(self)
        other._deadline_s = min(self._deadline_s, seconds)
        return other

    def generate(self, question: str, hits: Sequence[Hit]) -> Draft:
        """Write a draft with the first generator that can.

        :raises EndpointError: none can; the message holds each one's reason.
        """
        drafts = self._first_that_works(lambda generator: iter((generator.generate(question, hits),)))
        return [draft if place == 0 else _flagged(draft, generator) for place, generator, draft in drafts][-1]

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[Draft]:
        """Yield growing drafts; once a piece of an answer has been yielded no other generator is asked."""

        def growing(generator: Generator) -> Iterator[Draft]:
            if isinstance(generator, StreamingGenerator):
                return generator.stream(question, hits)
            return iter((generator.generate(question, hits),))

        for place, generator, draft in self._first_that_works(growing):
            yield draft if place == 0 else _flagged(draft, generator)

    def complete(self, system: str, user: str) -> str:
        """Return what the first generator that is a model, and works, writes to a message without passages."""

        def written(generator: Generator) -> Iterator[str]:
            if not isinstance(generator, Writer):
                raise EndpointError(f"{generator.id} is no model")
            return iter((generator.complete(system, user),))

        return [text for _, _, text in self._first_that_works(written)][-1]

    def _first_that_works(self, work: Callable[[Generator], Iterator[_T]]) -> Iterator[tuple[int, Generator, _T]]:
        budget = TimeBudget(self._deadline_s, self._clock)
        reasons = []
        for place, generator in enumerate(self._generators):
            if not self._may_ask(place):
                reasons.append(f"{generator.id} failed lately and is left alone for now")
                continue
            begun = False
            try:
                for result in work(self._bounded(place, budget.left)):
                    begun = True
                    yield place, generator, result
            except EndpointError as error:
                self._note_failure(place, error)
                if begun:
                    raise
                reasons.append(str(error).rstrip("."))
                continue
            self._note_success(place)
            return
        raise EndpointError(f"None of {plural(len(self._generators), 'endpoint')} answered: {'; '.join(reasons)}.")

    def _bounded(self, place: int, left_s: float) -> Generator:
        generator = self._generators[place]
        if not isinstance(generator, BoundedGenerator):
            return generator
        last = place == len(self._generators) - 1
        return generator.bounded(left_s if last else _SHARE * left_s)

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

    def _note_failure(self, place: int, error: EndpointError) -> None:
        if isinstance(error, ContextOverflow):
            return
        wished = (error.retry_after_s or 0.0) if isinstance(error, EndpointRefusal) else 0.0
        with self._lock:
            breaker = self._breakers[place]
            breaker.failures += 1
            if wished > self._pause_s:
                breaker.failures = max(breaker.failures, self._threshold)
            breaker.retry_at = self._clock() + max(self._pause_s, wished)

    def _note_success(self, place: int) -> None:
        with self._lock:
            self._breakers[place].failures = 0


def _flagged(draft: Draft, generator: Generator) -> Draft:
    return replace(draft, flags=(*draft.flags, f"fallback:{generator.id}"))
