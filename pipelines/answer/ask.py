"""One question to a cited answer on record: retrieve, generate, check citations, score, log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from data.errors import SilentDriftError, WorkspaceError
from data.records import Answer, Context, Fingerprint, Hit, Interaction, Kind, Score, content_hash
from pipelines.answer.visit import QuestionTiming, Tags, new_visit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eval.quality import GroundednessProxy
    from pipelines.wiring import Workspace
    from rag.answer import CheckedAnswer
    from rag.protocols import Draft, Generator
    from rag.search import Retrieval, Retriever
from pipelines.tracing import Observer


@dataclass(frozen=True, slots=True)
class LoggedAnswer:
    """An answer, its record, and its proxy scores; `logged` is False when the log could not be written."""

    answer: Answer
    interaction: Interaction
    scores: tuple[Score, ...]
    log_error: str | None = None


class Recorder(Protocol):
    """Where interactions go: the log, or what keeps them for it."""

    def append(self, interactions: Iterable[Interaction], scores: Iterable[Score] = ()) -> object:
        """Take interactions and scores.

        :raises SilentDriftError: they could not be written.
        """
        ...


class Asker:
    """Answers questions from one index with one generator and writes each to the log."""

    def __init__(
        self,
        retriever: Retriever,
        generator: Generator,
        log: Recorder | None,
        proxy: GroundednessProxy,
        *,
        retrieval: str = "",
        log_error: str | None = None,
        widen: Callable[[Sequence[Hit]], Sequence[Hit]] = tuple,
        observe: Observer | None = None,
    ) -> None:
        self.retriever = retriever
        self._index = retriever.index
        self.generator = generator
        self._log = log
        self._log_error = log_error
        self._proxy = proxy
        self._retrieval = retrieval
        self._widen = widen
        self._observe = observe
        self._embedder_id = retriever.index.status().embedder
        self._keeps = log is not None or log_error is not None

    @classmethod
    def from_workspace(cls, workspace: Workspace, *, logged: bool = True, recorder: Recorder | None = None) -> Asker:
        """Build all parts from the settings of a workspace; with `logged=False` nothing is written to the log.

        What is for the log alone is then left out: the vector of the answer, and its proxy scores. A `recorder`
        takes the place of the log. A log that cannot be opened is told with each answer, and keeps nobody from one.
        """
        from eval.quality import GroundednessProxy
        from pipelines.tracing import build_observer
        from pipelines.wiring import build_generator, build_widener, open_log, open_retriever, retrieval_id

        log, log_error = recorder, None
        try:
            log = open_log(workspace) if logged and recorder is None else recorder
        except WorkspaceError as error:
            log_error = str(error)
        retriever = open_retriever(workspace)
        return cls(
            retriever,
            build_generator(workspace),
            log,
            GroundednessProxy.load(),
            retrieval=retrieval_id(workspace.settings),
            log_error=log_error,
            widen=build_widener(workspace, retriever.index),
            observe=build_observer(workspace.settings),
        )

    @property
    def fingerprint(self) -> Fingerprint:
        """What answers, as far as it is known before a question was asked."""
        return self._fingerprint(None)

    def ask(self, question: str, *, kind: Kind = "user", at: datetime | None = None, tags: Tags = None) -> LoggedAnswer:
        """Answer `question` and write the interaction with its scores to the log.

        A dead endpoint gives an answer with outcome "failed", also on record.

        :raises InputError: the question is empty or absurdly long.
        :raises SilentDriftError: retrieval failed; the failure is on record too.
        """
        from rag.answer import answer_question

        begun = self.begin(question, kind=kind, at=at, tags=tags)
        return self.finish(begun, answer_question(begun.visit.question, begun.found.hits, self.generator))

    def stream(self, question: str) -> Iterator[str | LoggedAnswer]:
        """Yield the answer's text in pieces while it is written, then the whole, on record like that of `ask`."""
        begun = self.begin(question)
        for part in self.write(begun):
            yield part if isinstance(part, str) else self.finish(begun, part)

    def begin(
        self, question: str, *, kind: Kind = "user", at: datetime | None = None, tags: Tags = None, name: str = ""
    ) -> PendingAnswer:
        """Retrieve for `question`, on record as `name`: the first of an answer's three stages. Raises like `ask`."""
        visit = new_visit(question, kind, at, tags, name)
        vector, found, widened = self._retrieve(visit)
        return PendingAnswer(visit, vector, replace(found, hits=widened), cache(lambda: self._suspicion(found.hits)))

    def write(
        self, begun: PendingAnswer, do: Callable[[Callable[[], object]], object] = lambda work: work()
    ) -> Iterator[str | CheckedAnswer]:
        """Yield the text of the answer in pieces while it is written, then the answer: the second stage.

        `do` may do in another thread what is done while the model writes.
        """
        from rag.answer import stream_answer

        question, hits = begun.visit.question, begun.found.hits
        yield from stream_answer(question, hits, self.generator, lambda: do(begun.suspicion))

    def finish(self, begun: PendingAnswer, answered: CheckedAnswer) -> LoggedAnswer:
        """Score an answer and put it on record: the last stage."""
        concluded = self.conclude(begun, answered)
        interaction, scores = self.complete(concluded.interaction)
        return replace(concluded, interaction=interaction, scores=scores, log_error=self._record(interaction, scores))

    def conclude(self, begun: PendingAnswer, answered: CheckedAnswer) -> LoggedAnswer:
        """Return an answer as it is told, neither scored nor on record: the last stage, where somebody waits for it."""
        begun.visit.watch.lap("generate", verify=answered.verify_ms)
        answered = _flagged(answered, (*begun.found.flags, *begun.suspicion()))
        return LoggedAnswer(answered.answer, self._interaction(begun.visit, begun.vector, answered), ())

    def complete(self, interaction: Interaction) -> tuple[Interaction, tuple[Score, ...]]:
        """Add what is for the log alone, and takes longest: the answer's vector and its proxy scores.

        An embedder that fails costs the vector, not the record.
        """
        from eval.quality import score_interaction

        if not self._keeps:
            return interaction, ()
        scores = tuple(score_interaction(interaction, self._proxy))
        if interaction.outcome != "answered" or not interaction.answer:
            return interaction, scores
        try:
            vector = _to_float16(self._index.embed_query(interaction.answer))
        except SilentDriftError:
            return interaction, scores
        return replace(interaction, answer_vector=vector), scores

    def observe(self, interaction: Interaction, scores: Sequence[Score]) -> None:
        """Tell what watches beside the log, such as tracing."""
        if self._observe is not None:
            self._observe(interaction, scores)

    def _retrieve(self, visit: QuestionTiming) -> tuple[NDArray[Any], Retrieval, tuple[Hit, ...]]:
        try:
            vector = self._index.embed_query(visit.question)
            visit.watch.lap("embed")
            found = self.retriever.search(visit.question, query_vector=vector, judged=False)
            widened = tuple(self._widen(found.hits))
        except SilentDriftError as error:
            self._record(self._failed_retrieval(visit, str(error)), ())
            raise
        visit.watch.lap("retrieve", rerank=found.rerank_ms)
        return vector, found, widened

    def _suspicion(self, hits: Sequence[Hit]) -> tuple[str, ...]:
        """Return the flags of suspicious passages; an answer stands without them, as the model has begun to write."""
        try:
            return self.retriever.suspicion(hits)
        except SilentDriftError as error:
            return (f"passages_not_judged: {error}",)

    def _record(self, interaction: Interaction, scores: Sequence[Score]) -> str | None:
        self.observe(interaction, scores)
        if self._log is None:
            return self._log_error
        try:
            self._log.append([interaction], scores)
        except SilentDriftError as error:
            return str(error)
        return None

    def _interaction(self, visit: QuestionTiming, vector: NDArray[Any], answered: CheckedAnswer) -> Interaction:
        answer, draft = answered.answer, answered.draft
        tokens = {"prompt": draft.prompt_tokens, "completion": draft.completion_tokens} if draft else {}
        return Interaction(
            id=visit.id,
            at=visit.at,
            question=visit.question,
            answer=answer.text if answer.outcome != "failed" else None,
            outcome=answer.outcome,
            kind=visit.kind,
            contexts=tuple(_context(hit) for hit in answer.hits),
            citations=answer.citations,
            latency_ms=visit.watch.stages(),
            tokens={name: count for name, count in tokens.items() if count is not None},
            error=answered.error,
            fingerprint=self._fingerprint(draft),
            tags=visit.tags,
            flags=answer.flags,
            question_vector=_to_float16(vector),
        )

    def _failed_retrieval(self, visit: QuestionTiming, error: str) -> Interaction:
        return Interaction(
            id=visit.id,
            at=visit.at,
            question=visit.question,
            answer=None,
            outcome="failed",
            kind=visit.kind,
            latency_ms=visit.watch.stages(),
            error=error,
            fingerprint=self._fingerprint(None),
            tags=visit.tags,
        )

    def _fingerprint(self, draft: Draft | None) -> Fingerprint:
        return Fingerprint(
            chat_model=(draft.model if draft else "") or self.generator.id,
            system_fingerprint=draft.system_fingerprint if draft else "",
            model_details=draft.model_details if draft else "",
            prompt_version=self.generator.prompt_version,
            index_generation=self._index.generation,
            embedder=self._embedder_id,
            retrieval=self._retrieval,
        )


@dataclass(frozen=True, slots=True)
class PendingAnswer:
    """A question with what was retrieved for it, not yet answered.

    `suspicion` judges the passages when it is first called: that flags them, so nobody need wait for it.
    """

    visit: QuestionTiming
    vector: NDArray[Any]
    found: Retrieval
    suspicion: Callable[[], tuple[str, ...]]


def _flagged(answered: CheckedAnswer, flags: tuple[str, ...]) -> CheckedAnswer:
    return replace(answered, answer=replace(answered.answer, flags=(*answered.answer.flags, *flags)))


def _context(hit: Hit) -> Context:
    chunk = hit.chunk
    return Context(chunk.id, chunk.source, round(hit.score, 6), chunk.text, content_hash(chunk.text), hit.also_in)


def _to_float16(vector: NDArray[Any]) -> bytes:
    return vector.astype("<f2").tobytes()
