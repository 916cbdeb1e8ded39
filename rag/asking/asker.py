"""One question to a cited answer on record: stand alone, retrieve, generate, check citations, score, log.

Everything that answers goes this way: the face, the commands, the server, evaluations and canaries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from numpy.typing import NDArray

from data.errors import SilentDriftError
from data.records import Answer, Context, Draft, Fingerprint, Hit, Interaction, Kind, content_hash
from rag.answer import Turn, answer_question, stream_answer
from rag.asking.log_writer import LogWriter, to_float16
from rag.asking.question import Question, Stopwatch, new_question, stand_alone
from rag.asking.stages import ImmediateStages, Stages
from rag.chat import ChatSettings, FollowUps
from rag.protocols import Generator
from rag.search import Retrieval, Retriever

_AT_ONCE = ImmediateStages()

_CHAT = ChatSettings()


class Asker:
    """Answers questions from one index with one generator and writes each to the log.

    `widen` makes passages that were found into those a model reads; `retrieval` names the settings of the search, for
    the fingerprint.
    """

    def __init__(
        self,
        retriever: Retriever,
        generator: Generator,
        writer: LogWriter | None = None,
        *,
        retrieval: str = "",
        widen: Callable[[Sequence[Hit]], Sequence[Hit]] = tuple,
        follow_ups: FollowUps = _CHAT.follow_ups,
    ) -> None:
        self.retriever = retriever
        self.generator = generator
        self.writer = writer or LogWriter(retriever.index.embed_query)
        self._index = retriever.index
        self._retrieval = retrieval
        self._widen = widen
        self._follow_ups = follow_ups
        self._embedder_id = retriever.index.status().embedder

    @property
    def fingerprint(self) -> Fingerprint:
        """What answers, as far as it is known before a question was asked."""
        return self._fingerprint(None)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        kind: Kind = "user",
        at: datetime | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Answer:
        """Answer `question`, asked after `history`, and write the interaction with its scores to the log.

        A dead endpoint gives an answer with outcome "failed", also on record.

        :raises InputError: the question is empty or absurdly long.
        :raises SilentDriftError: retrieval failed; the failure is on record too.
        """
        asked = new_question(question, kind=kind, at=at, tags=tags)
        (answer,) = (part for part in self.pieces(asked, history, streaming=False) if isinstance(part, Answer))
        return answer

    def pieces(
        self, question: Question, history: Sequence[Turn] = (), *, streaming: bool = True, stages: Stages = _AT_ONCE
    ) -> Iterator[str | Answer]:
        """Yield the text of the answer in pieces while it is written, if so wanted, then the whole, on record.

        :raises SilentDriftError: retrieval failed; the failure is on record too.
        """
        alone = stand_alone(question, history, self.generator, self._follow_ups)
        found = stages.search(lambda: self._search(alone))
        for part in self._written(found, streaming, stages):
            if isinstance(part, Answer):
                checked = part
            else:
                yield part
        yield stages.finish(lambda: self._finished(found, checked))

    def _written(self, found: _SearchedQuestion, streaming: bool, stages: Stages) -> Iterator[str | Answer]:
        question, hits = found.question.text, found.retrieval.hits
        if streaming:
            yield from stream_answer(question, hits, self.generator, lambda: stages.aside(found.suspicion))
        else:
            yield answer_question(question, hits, self.generator)

    def _finished(self, found: _SearchedQuestion, checked: Answer) -> Answer:
        """Flag an answer and put it on record."""
        found.watch.lap("generate", verify=checked.verify_ms)
        flagged = replace(
            checked, flags=(*checked.flags, *found.question.flags, *found.retrieval.flags, *found.suspicion())
        )
        return self.writer.write(replace(flagged, interaction=self._interaction(found, flagged)))

    def _search(self, question: Question) -> _SearchedQuestion:
        watch = Stopwatch()
        try:
            vector = self._index.embed_query(question.text)
            watch.lap("embed")
            found = self.retriever.search(question.text, query_vector=vector, judged=False)
            widened = tuple(self._widen(found.hits))
        except SilentDriftError as error:
            self.writer.append(self._failed_search(question, watch, str(error)))
            raise
        watch.lap("retrieve", rerank=found.rerank_ms)
        suspicion = cache(lambda: self._suspicion(found.hits))
        return _SearchedQuestion(question, watch, vector, replace(found, hits=widened), suspicion)

    def _suspicion(self, hits: Sequence[Hit]) -> tuple[str, ...]:
        """Return the flags of suspicious passages; an answer stands without them, as the model has begun to write."""
        try:
            return self.retriever.suspicion(hits)
        except SilentDriftError as error:
            return (f"passages_not_judged: {error}",)

    def _interaction(self, found: _SearchedQuestion, answer: Answer) -> Interaction:
        question, draft = found.question, answer.draft
        tokens = {"prompt": draft.prompt_tokens, "completion": draft.completion_tokens} if draft else {}
        return Interaction(
            id=question.id,
            at=question.at,
            question=question.text,
            answer=answer.text if answer.outcome != "failed" else None,
            outcome=answer.outcome,
            kind=question.kind,
            contexts=tuple(_context(hit) for hit in answer.hits),
            citations=answer.citations,
            latency_ms=found.watch.stages(),
            tokens={name: count for name, count in tokens.items() if count is not None},
            error=answer.error,
            fingerprint=self._fingerprint(draft),
            tags=dict(question.tags),
            flags=answer.flags,
            question_vector=to_float16(found.vector),
        )

    def _failed_search(self, question: Question, watch: Stopwatch, error: str) -> Interaction:
        return Interaction(
            id=question.id,
            at=question.at,
            question=question.text,
            answer=None,
            outcome="failed",
            kind=question.kind,
            latency_ms=watch.stages(),
            error=error,
            fingerprint=self._fingerprint(None),
            tags=dict(question.tags),
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
class _SearchedQuestion:
    """A question with what was retrieved for it, not yet answered.

    `suspicion` judges the passages when it is first called: that flags them, so nobody need wait for it.
    """

    question: Question
    watch: Stopwatch
    vector: NDArray[Any]
    retrieval: Retrieval
    suspicion: Callable[[], tuple[str, ...]]


def _context(hit: Hit) -> Context:
    chunk = hit.chunk
    return Context(chunk.id, chunk.source, round(hit.score, 6), chunk.text, content_hash(chunk.text), hit.also_in)
