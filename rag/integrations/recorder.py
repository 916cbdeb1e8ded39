"""One question on its way through somebody else's application, put together from the events it sends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter

from data.records import ABSTENTION, Context, Fingerprint, Interaction, Kind, Outcome

Write = Callable[[Interaction], None]
_LONGEST_OPEN = 10_000


@dataclass(slots=True)
class RecordedTurn:
    """What is known of one question so far, under the `key` of its outermost run; times are of `perf_counter`."""

    key: str
    id: str
    question: str
    at: datetime
    started: float
    contexts: dict[str, Context] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)
    said: str = ""
    model: str = ""
    system_fingerprint: str = ""
    error: str | None = None
    cut_off: bool = False

    def took(self, stage: str, since: float) -> None:
        """Add the time from `since` until now to a stage."""
        self.stages[stage] = self.stages.get(stage, 0.0) + (perf_counter() - since) * 1000

    def count(self, prompt: int | None, completion: int | None) -> None:
        """Add the tokens of one model call."""
        for name, value in (("prompt", prompt), ("completion", completion)):
            if value is not None:
                self.tokens[name] = self.tokens.get(name, 0) + int(value)


class TurnRecorder:
    """Turns by key, from their beginning to the finished interaction; safe to use from many threads."""

    def __init__(self, write: Write, *, kind: Kind = "user", tags: Mapping[str, str] | None = None) -> None:
        self._write = write
        self._kind: Kind = kind
        self._tags = dict(tags or {})
        self._turns: dict[str, RecordedTurn] = {}
        self._lock = threading.Lock()

    def begin(self, key: str, question: str, name: str = "") -> RecordedTurn:
        """Begin a turn whose interaction will be called `name`; a stream may tell its question later."""
        turn = RecordedTurn(key, name or key, question.strip(), datetime.now(UTC), perf_counter())
        with self._lock:
            while len(self._turns) >= _LONGEST_OPEN:  # of turns that never ended, the oldest is forgotten
                self._turns.pop(next(iter(self._turns)))
            self._turns[key] = turn
        return turn

    def get(self, key: str) -> RecordedTurn | None:
        """Return an open turn."""
        with self._lock:
            return self._turns.get(key)

    def finish(self, key: str, answer: str = "", error: str | None = None) -> Interaction | None:
        """End a turn and write it; `answer` defaults to what the model said last.

        None for a key that is not open, and for a turn without a question, which is none.
        """
        with self._lock:
            turn = self._turns.pop(key, None)
        if turn is None or not turn.question:
            return None
        said = "" if error is not None else (answer.strip() or turn.said.strip())
        problem = error if error is not None else turn.error
        stages = {name: round(value, 3) for name, value in turn.stages.items()}
        item = Interaction(
            id=turn.id,
            at=turn.at,
            question=turn.question,
            answer=said or None,
            outcome=_outcome(said),
            kind=self._kind,
            contexts=tuple(turn.contexts.values()),
            latency_ms={**stages, "total": round((perf_counter() - turn.started) * 1000, 3)},
            tokens=turn.tokens,
            error=None if said else (problem or "the application gave no answer"),
            fingerprint=Fingerprint(chat_model=turn.model, system_fingerprint=turn.system_fingerprint),
            tags=self._tags,
            flags=("length",) if turn.cut_off else (),
        )
        self._write(item)
        return item


def _outcome(answer: str) -> Outcome:
    if not answer:
        return "failed"
    return "abstained" if ABSTENTION.casefold() in answer.casefold() else "answered"
