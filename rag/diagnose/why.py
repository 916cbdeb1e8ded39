"""Why an expected passage is not in an answer: the first stage on its way at which it was lost.

The source is indexed, and a passage of it says what is expected. It is not held back as a possible attack. One side
puts that passage forward, and fusion ranks it among the best. Reranker and diversity leave it there. It fits into the
model's window, and it is cited.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from data.records import Answer, Chunk, Hit
from rag.answer import answer_question
from rag.chunk import passage_key
from rag.diagnose.expected import Expectation, MissingPassage, find_expected
from rag.index import CANDIDATES, SAME, shingles, similarity
from rag.protocols import Generator
from rag.search import Retriever

Stage = Literal[
    "not_ingested",
    "unreadable",
    "no_passage",
    "quarantined",
    "not_a_candidate",
    "ranked_too_low",
    "reranked_away",
    "not_packed",
    "not_answered",
    "not_cited",
    "cited",
]
DEPTH = 1000
"""How deep the ranks of both sides are looked up."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Where an expected passage was lost ("cited": it was not), why, and what can be done.

    `passages` are the indexed passages that say what is expected; the ranks are those of the best of them, from 1, and
    None beyond the depth looked at: 1,000 for a side, 100 for the fused order, `k` for the final one.
    """

    stage: Stage
    reason: str
    advice: str = ""
    source: str = ""
    passages: tuple[Chunk, ...] = ()
    k: int = 0
    dense_rank: int | None = None
    lexical_rank: int | None = None
    fused_rank: int | None = None
    final_rank: int | None = None


def explain(
    question: str,
    expected: Expectation,
    retriever: Retriever,
    generator: Generator,
    widen: Callable[[Sequence[Hit]], Sequence[Hit]] = tuple,
) -> Diagnosis:
    """Follow the expected passage through retrieval and answering; the model is asked only when it got that far.

    `widen` makes passages that were found into those a model reads.

    :raises InputError: more than one source fits the expected name.
    """
    found = find_expected(question, expected, retriever.index)
    if isinstance(found, MissingPassage):
        return Diagnosis(found.stage, found.reason, found.advice, found.source)
    ranked = _ranks(question, found, retriever)
    lost = _lost_in_retrieval(ranked, retriever)
    if lost is not None:
        return lost
    hits = widen(retriever.search(question).hits)
    return _lost_in_answering(ranked, hits, answer_question(question, hits, generator))


def _ranks(question: str, passages: tuple[Chunk, ...], retriever: Retriever) -> Diagnosis:
    index, mode = retriever.index, retriever.mode
    vector = index.embed_query(question)
    dense = _rank(index.search(question, DEPTH, mode="dense", query_vector=vector), passages)
    lexical = _rank(index.search(question, DEPTH, mode="lexical"), passages)
    fused = _rank(index.search(question, CANDIDATES, mode=mode, query_vector=vector), passages)
    final = _rank(retriever.search(question, query_vector=vector).hits, passages)
    ranks = {"dense_rank": dense, "lexical_rank": lexical, "fused_rank": fused, "final_rank": final}
    return Diagnosis("cited", "", "", passages[0].source, passages, retriever.k, **ranks)


def _rank(hits: Sequence[Hit], passages: Sequence[Chunk]) -> int | None:
    return next((at for at, hit in enumerate(hits, start=1) if _shows(hit, passages)), None)


def _shows(hit: Hit, passages: Sequence[Chunk]) -> bool:
    """Tell whether a hit is one of the passages, holds one, or stands for one that says nearly the same elsewhere."""
    return any(_holds(hit.chunk, passage) or _stands_for(hit, passage) for passage in passages)


def _holds(chunk: Chunk, passage: Chunk) -> bool:
    return chunk.source == passage.source and chunk.start <= passage.start and passage.end <= chunk.end


def _stands_for(hit: Hit, passage: Chunk) -> bool:
    if passage_key(hit.chunk) == passage_key(passage):
        return True
    return passage.source in hit.also_in and similarity(shingles(hit.chunk.text), shingles(passage.text)) >= SAME


def _lost_in_retrieval(ranked: Diagnosis, retriever: Retriever) -> Diagnosis | None:
    if ranked.final_rank is not None:
        return None
    if retriever.guard is not None and all(map(retriever.guard.holds, ranked.passages)):
        return replace(
            ranked,
            stage="quarantined",
            reason="The passage looks like an attack on the model and is held back.",
            advice=f"Read it, and if it is honest: rag quarantine --release {ranked.passages[0].id}",
        )
    sides = f"dense rank {_shown(ranked.dense_rank)}, lexical rank {_shown(ranked.lexical_rank)}"
    considered = {"dense": [ranked.dense_rank], "lexical": [ranked.lexical_rank]}.get(
        retriever.mode, [ranked.dense_rank, ranked.lexical_rank]
    )
    if not any(rank is not None and rank <= CANDIDATES for rank in considered):
        return replace(
            ranked,
            stage="not_a_candidate",
            reason=f"The passage is not among the {CANDIDATES} candidates of {retriever.mode} retrieval: {sides}.",
            advice="Ask in the words of the document, cut passages smaller (chunking.max_tokens), or use an embedder"
            " that knows this language and subject.",
        )
    if ranked.fused_rank is None or ranked.fused_rank > ranked.k:
        return replace(
            ranked,
            stage="ranked_too_low",
            reason=f"The passage has rank {_shown(ranked.fused_rank, CANDIDATES)}; {ranked.k} are used ({sides}).",
            advice="Raise retrieval.k, set a reranker in [rerank], or narrow the search with a filter.",
        )
    return replace(
        ranked,
        stage="reranked_away",
        reason=f"The passage had rank {ranked.fused_rank} of {ranked.k}, and reranking or diversity put others there.",
        advice="Lower retrieval.diversity, or compare with rerank.base_url and rerank.model left empty.",
    )


def _lost_in_answering(ranked: Diagnosis, hits: Sequence[Hit], answer: Answer) -> Diagnosis:
    at = f"The passage was retrieved at rank {ranked.final_rank} of {ranked.k}"
    if answer.draft is None:
        return replace(ranked, stage="not_answered", reason=f"{at}, but there is no answer: {answer.error}")
    packed = set(answer.draft.keys.values())
    shown = {hit.chunk.id for hit in hits if hit.chunk.id in packed and _shows(hit, ranked.passages)}
    if not shown:
        return replace(
            ranked,
            stage="not_packed",
            reason=f"{at}, but it did not fit into the model's window with those before it.",
            advice="Raise chat.context_window if the model has a larger one, or lower retrieval.k or"
            " chat.max_answer_tokens.",
        )
    if shown & {citation.chunk_id for citation in answer.citations}:
        return replace(ranked, stage="cited", reason=f"{at}, given to the model, and cited in the answer.")
    others = sorted({citation.source for citation in answer.citations})
    did = f"cited {', '.join(others)}" if others else "abstained" if answer.outcome == "abstained" else "cited nothing"
    return replace(
        ranked,
        stage="not_cited",
        reason=f"{at} and given to the model, which {did}: {answer.text[:200]!r}",
        advice="Read the passage as the model does: it may not answer the question by itself; or try another model.",
    )


def _shown(rank: int | None, depth: int = DEPTH) -> str:
    return f"beyond {depth:,}" if rank is None else str(rank)
