"""More queries for one question: words of the passages it found, or other wordings by a model; and their fusion.

The way of `FeedbackQueries` is pseudo-relevance feedback as in RM3 (Abdul-Jaleel et al., 2004). The words most frequent
in the first passages, weighted by how well those ranked, join the question. A model is asked by `ModelQueries` for
other wordings and for a sentence that might stand in the answer (HyDE, Gao et al., 2023). What all queries find is
fused by reciprocal rank (Cormack et al., 2009), in which the question itself counts as much as all others together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data.records import Hit
from data.text import terms
from rag.errors import EndpointError
from rag.prompts import MORE_QUERIES_SYSTEM
from rag.protocols import BoundedGenerator, MoreQueries, Writer

_READ = 5
_TERMS = 8
_WORD = re.compile(r"[^\W\d_]{3,}")
_RANK = 60
_MOST = 3
_LONGEST = 400
_PATIENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class FeedbackQueries:
    """One more query: the question with the words that its first passages share."""

    id: str = "feedback"

    def queries(self, question: str, hits: Sequence[Hit]) -> list[str]:
        """Return the question with the words of its first passages that weigh most, if two passages share any."""
        asked = set(terms(question))
        weight: dict[str, float] = defaultdict(float)
        held: dict[str, int] = defaultdict(int)
        written: dict[str, str] = {}
        for place, hit in enumerate(hits[:_READ], start=1):
            words = [(word, stems[0]) for word in _WORD.findall(hit.chunk.text) if (stems := terms(word))]
            for stem in {stem for _, stem in words}:
                held[stem] += 1
            for word, stem in words:
                weight[stem] += 1 / (place * len(words))
                written.setdefault(stem, word)
        shared = [stem for stem in weight if held[stem] > 1 and stem not in asked]
        best = sorted(shared, key=lambda stem: (-weight[stem], stem))[:_TERMS]
        return [" ".join([question, *(written[stem] for stem in best)])] if best else []


@dataclass(frozen=True, slots=True)
class ModelQueries:
    """Other wordings of a question, and a sentence of a possible answer, by a chat model that `writer` returns."""

    writer: Callable[[], Writer | None]
    id: str = "model"

    def queries(self, question: str, hits: Sequence[Hit]) -> list[str]:
        """Return the lines the model writes, at most three, without those that say what was asked."""
        del hits
        writer = self.writer()
        if writer is None:
            return []
        if isinstance(writer, BoundedGenerator):
            writer = writer.bounded(_PATIENCE_S)
        lines = [" ".join(line.split()) for line in writer.complete(MORE_QUERIES_SYSTEM, question).splitlines()]
        asked = question.casefold()
        return [line[:_LONGEST] for line in lines if terms(line) and line.casefold() != asked][:_MOST]


def found_by_all(
    question: str, first: Sequence[Hit], more: MoreQueries, search: Callable[[str], Sequence[Hit]]
) -> tuple[list[Hit], tuple[str, ...]]:
    """Return what the question and its further queries find, best first, and a flag where those could not be had.

    Each passage keeps the score of the query that found it best.
    """
    try:
        queries = more.queries(question, first)
    except EndpointError as error:
        return list(first), (f"more_queries_failed: {error}",)
    return fused([first, *(search(query) for query in queries)]), ()


def fused(lists: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Fuse rankings by reciprocal rank; the first counts as much as all others together."""
    points: dict[str, float] = defaultdict(float)
    best: dict[str, Hit] = {}
    for number, hits in enumerate(lists):
        share = 1.0 if number == 0 else 1.0 / (len(lists) - 1)
        for rank, hit in enumerate(hits, start=1):
            key = hit.chunk.id
            points[key] += share / (_RANK + rank)
            best[key] = max(best.get(key, hit), hit, key=lambda item: item.score)
    return sorted(best.values(), key=lambda hit: -points[hit.chunk.id])
