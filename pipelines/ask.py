"""One question to a cited answer on record: retrieve, generate, check citations, score, log."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from data.errors import InputError, RagDriftError
from data.records import (
    Answer,
    Context,
    Fingerprint,
    Hit,
    Interaction,
    Kind,
    Score,
    content_hash,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data.log import InteractionLog
    from eval.groundedness import GroundednessProxy
    from pipelines.workspace import Workspace
    from rag.answer import Answered
    from rag.index import Index
    from rag.protocols import Generator

_LONGEST_QUESTION = 20_000


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, its record, and its proxy scores; `logged` is False when the log could not be written."""

    answer: Answer
    interaction: Interaction
    scores: tuple[Score, ...]
    log_error: str | None = None


class Asker:
    """Answers questions from one index with one generator and writes each to the log."""

    def __init__(
        self,
        index: Index,
        generator: Generator,
        log: InteractionLog | None,
        proxy: GroundednessProxy,
        *,
        k: int,
        mode: Any = "hybrid",
        retrieval: str = "",
    ) -> None:
        self._index = index
        self._generator = generator
        self._log = log
        self._proxy = proxy
        self._k = k
        self._mode = mode
        self._retrieval = retrieval
        self._embedder_id = index.status().embedder

    @classmethod
    def from_workspace(cls, workspace: Workspace, *, logged: bool = True) -> Asker:
        """Build all parts from the settings of a workspace; with `logged=False` nothing is written to the log."""
        from eval.groundedness import GroundednessProxy
        from pipelines.workspace import build_embedder, build_generator, open_log, retrieval_id
        from rag.index import Index

        settings = workspace.settings
        index = Index.open(workspace.data, build_embedder(settings))
        return cls(
            index,
            build_generator(settings),
            open_log(workspace) if logged else None,
            GroundednessProxy.load(),
            k=settings.retrieval.k,
            mode=settings.retrieval.mode,
            retrieval=retrieval_id(settings),
        )

    def ask(
        self, question: str, *, kind: Kind = "user", at: datetime | None = None, tags: dict[str, str] | None = None
    ) -> Asked:
        """Answer `question` and write the interaction with its scores to the log.

        A dead endpoint gives an answer with outcome "failed", also on record.

        :raises InputError: the question is empty or absurdly long.
        :raises RagDriftError: retrieval failed; the failure is on record too.
        """
        question = _checked(question)
        at = at or datetime.now(UTC)
        watch = _Stopwatch()
        try:
            vector = self._index.embed_query(question)
            watch.lap("embed")
            hits = self._index.search(question, self._k, mode=self._mode, query_vector=vector)
            watch.lap("retrieve")
        except RagDriftError as error:
            self._record(self._failed_retrieval(question, at, str(error), kind, watch), ())
            raise
        from rag.answer import answer_question

        answered = answer_question(question, hits, self._generator)
        watch.lap("generate")
        interaction = self._interaction(question, at, vector, answered, kind, tags or {}, watch)
        return self._score_and_record(interaction, answered.answer)

    def _score_and_record(self, interaction: Interaction, answer: Answer) -> Asked:
        from eval.proxy import score_interaction

        scores = tuple(score_interaction(interaction, self._proxy))
        return Asked(answer, interaction, scores, self._record(interaction, scores))

    def _record(self, interaction: Interaction, scores: Sequence[Score]) -> str | None:
        if self._log is None:
            return None
        try:
            self._log.append([interaction], scores)
        except RagDriftError as error:
            return str(error)
        return None

    def _interaction(
        self,
        question: str,
        at: datetime,
        vector: NDArray[Any],
        answered: Answered,
        kind: Kind,
        tags: dict[str, str],
        watch: _Stopwatch,
    ) -> Interaction:
        answer, draft = answered.answer, answered.draft
        answer_vector = self._index.embed_query(answer.text) if answer.outcome == "answered" else None
        watch.lap("record")
        tokens = {"prompt": draft.prompt_tokens, "completion": draft.completion_tokens} if draft else {}
        return Interaction(
            id=_new_id(at),
            at=at,
            question=question,
            answer=answer.text if answer.outcome != "failed" else None,
            outcome=answer.outcome,
            kind=kind,
            contexts=tuple(_context(hit) for hit in answer.hits),
            citations=answer.citations,
            latency_ms=watch.stages(),
            tokens={name: count for name, count in tokens.items() if count is not None},
            error=answered.error,
            fingerprint=self._fingerprint(draft.model if draft else "", draft.system_fingerprint if draft else ""),
            tags=tags,
            flags=answer.flags,
            question_vector=_to_float16(vector),
            answer_vector=_to_float16(answer_vector) if answer_vector is not None else None,
        )

    def _failed_retrieval(self, question: str, at: datetime, error: str, kind: Kind, watch: _Stopwatch) -> Interaction:
        fingerprint = self._fingerprint("", "")
        latency = watch.stages()
        return Interaction(
            _new_id(at), at, question, None, "failed", kind, latency_ms=latency, error=error, fingerprint=fingerprint
        )

    def _fingerprint(self, model: str, system_fingerprint: str) -> Fingerprint:
        return Fingerprint(
            chat_model=model or self._generator.id,
            system_fingerprint=system_fingerprint,
            prompt_version=self._generator.prompt_version,
            index_generation=self._index.generation,
            embedder=self._embedder_id,
            retrieval=self._retrieval,
        )


class _Stopwatch:
    """Milliseconds by stage, in the order of the laps."""

    def __init__(self) -> None:
        self._start = self._last = perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = perf_counter()
        self._laps[stage] = round((now - self._last) * 1000, 3)
        self._last = now

    def stages(self) -> dict[str, float]:
        return {**self._laps, "total": round((self._last - self._start) * 1000, 3)}


def to_json(asked: Asked) -> dict[str, Any]:
    """Return the stable JSON form of `rag ask --json`."""
    interaction = asked.interaction
    return {
        "id": interaction.id,
        "question": interaction.question,
        "answer": interaction.answer,
        "outcome": interaction.outcome,
        "citations": [asdict(citation) for citation in asked.answer.citations],
        "hits": [hit_json(hit) for hit in asked.answer.hits],
        "flags": list(interaction.flags),
        "latency_ms": interaction.latency_ms,
        "tokens": interaction.tokens,
        "error": interaction.error,
        "scores": {score.metric: score.value for score in asked.scores},
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """Return the stable JSON form of one hit."""
    chunk = hit.chunk
    place = {"source": chunk.source, "start": chunk.start, "end": chunk.end, "page": chunk.page}
    ranks = {"dense_rank": hit.dense_rank, "lexical_rank": hit.lexical_rank}
    return {**place, "heading": chunk.heading, "score": round(hit.score, 6), **ranks, "text": chunk.text}


def to_text(asked: Asked) -> str:
    """Return the answer with numbered footnotes, as shown on a terminal."""
    answer, interaction = asked.answer, asked.interaction
    lines = [answer.text, ""]
    for citation in answer.citations:
        page = f", page {citation.page}" if citation.page is not None else ""
        mark = "" if citation.supported else "  (not supported by this passage)"
        lines.append(f"  [{citation.marker}] {citation.source}{page}, characters {citation.start}–{citation.end}{mark}")
        lines.append(f"      “{' '.join(citation.quote.split())}”")
    if answer.outcome == "abstained" and answer.hits:
        nearest = dict.fromkeys(hit.chunk.source for hit in answer.hits)
        lines.append("  Nearest documents: " + ", ".join(list(nearest)[:3]))
    if interaction.flags:
        lines.append(f"  Flags: {', '.join(interaction.flags)}")
    stages = ", ".join(f"{stage} {ms:.0f} ms" for stage, ms in interaction.latency_ms.items())
    lines += ["", f"  {interaction.fingerprint.chat_model} · {stages} · id {interaction.id}"]
    return "\n".join(lines)


def _checked(question: str) -> str:
    stripped = question.strip()
    if not stripped:
        raise InputError('The question is empty: pass it in quotes, e.g. rag ask "How long is the trial?".')
    if len(stripped) > _LONGEST_QUESTION:
        raise InputError(
            f"The question has {len(stripped):,} characters, the most is {_LONGEST_QUESTION:,}: shorten it."
        )
    return stripped.encode("utf-8", "replace").decode("utf-8")


def _new_id(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(5)}"


def _context(hit: Hit) -> Context:
    chunk = hit.chunk
    return Context(chunk.id, chunk.source, round(hit.score, 6), chunk.text, content_hash(chunk.text))


def _to_float16(vector: NDArray[Any]) -> bytes:
    return vector.astype("<f2").tobytes()
