"""An answer on its way to the log: scored, with its vector, and told to what watches beside the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from data.errors import SilentDriftError
from data.records import Answer, Interaction, Score, Scorer
from rag.protocols import AnswerLog, Observer


class LogWriter:
    """Writes answers to the log; without any part it writes nothing.

    `embed` turns an answer into the vector that is kept for monitoring, `score` measures it. `later` takes answers that
    are completed when nobody waits for them any more, in place of the log. A log that could not be opened is told
    with each answer as `log_error`, and keeps nobody from one.
    """

    def __init__(
        self,
        embed: Callable[[str], NDArray[Any]],
        *,
        score: Scorer | None = None,
        log: AnswerLog | None = None,
        later: Callable[[Interaction], object] | None = None,
        observe: Observer | None = None,
        log_error: str | None = None,
    ) -> None:
        self._embed = embed
        self._score = score
        self._log = log
        self._later = later
        self._observe = observe
        self._log_error = log_error

    def write(self, answer: Answer) -> Answer:
        """Put an answer on record; return it with its scores, and why it is not in the log where that failed."""
        if self._later is not None:
            return replace(answer, log_error=_reason(self._later, answer.interaction))
        interaction, scores = self.complete(answer.interaction)
        return replace(answer, interaction=interaction, scores=scores, log_error=self.append(interaction, scores))

    def append(self, interaction: Interaction, scores: Sequence[Score] = ()) -> str | None:
        """Write an interaction as it is; return why the log did not take it."""
        self.observe(interaction, scores)
        if self._log is None:
            return self._log_error
        return _reason(self._log.append, [interaction], scores)

    def complete(self, interaction: Interaction) -> tuple[Interaction, tuple[Score, ...]]:
        """Add what is for the log alone, and takes longest: the answer's vector and its scores.

        An embedder that fails costs the vector, a scorer that fails costs the scores; neither costs the record.
        """
        if self._log is None and self._score is None:
            return interaction, ()
        scores = self._scores(interaction)
        if interaction.outcome != "answered" or not interaction.answer:
            return interaction, scores
        try:
            vector = to_float16(self._embed(interaction.answer))
        except Exception:  # whatever the embedder, somebody else's code, made of that text
            return interaction, scores
        return replace(interaction, answer_vector=vector), scores

    def _scores(self, interaction: Interaction) -> tuple[Score, ...]:
        if self._score is None:
            return ()
        try:
            return tuple(self._score(interaction))
        except Exception as error:  # an answer that cannot be scored is one without scores, and says why
            reason = f"it could not be scored ({type(error).__name__}: {' '.join(str(error).split())[:300]})"
            return (Score(interaction.id, "scoring", None, "proxy", reason),)

    def observe(self, interaction: Interaction, scores: Sequence[Score]) -> None:
        """Tell what watches beside the log, such as tracing."""
        if self._observe is not None:
            self._observe(interaction, scores)


def to_float16(vector: NDArray[Any]) -> bytes:
    """Return a vector as an interaction keeps it."""
    return vector.astype("<f2").tobytes()


def _reason(take: Callable[..., object], *rows: object) -> str | None:
    try:
        take(*rows)
    except SilentDriftError as error:
        return str(error)
    return None
