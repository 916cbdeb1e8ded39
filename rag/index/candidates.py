"""Question to passages: both sides' candidates, each scored by both sides, fused and collapsed to distinct texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import Hit
from data.text import any_of, detect_language, match_terms
from rag.index.fusion import Fusion, fuse
from rag.index.mode import Mode
from rag.protocols import VectorStore
from rag.store import Catalog, IndexedPassage, Revision, Selection, cosines

CANDIDATES = 100
"""How many passages each side puts forward, unless more are asked for."""
_TIES = 10
MOST_TERMS = 32
"""How many terms of a question are searched for: of a whole page pasted in, the rarest, as each costs time."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What each side found, by passage key, best first, and the scores of both sides for all that either found.

    `dense` holds cosines, `lexical` BM25 scores; a passage without a single term of the question has lexical score 0.
    `centre` is the cosine of the question with the mean of the index.
    """

    dense_order: tuple[str, ...]
    lexical_order: tuple[str, ...]
    dense: dict[str, float]
    lexical: dict[str, float]
    centre: float
    passages: dict[str, IndexedPassage]


def gather(
    catalog: Catalog | Selection,
    revision: Revision,
    store: VectorStore | Selection | None,
    question: tuple[str, str],
    vector: NDArray[np.float32] | None,
    limit: int = CANDIDATES,
) -> Candidates:
    """Collect the candidates of both sides, inside the caller's read transaction; a None side puts nothing forward.

    `question` is its text and language. A `Selection` in place of catalogue and vectors leaves only what it selects.
    """
    at = (revision.generation, revision.id)
    terms = match_terms(*question)
    if len(terms) > MOST_TERMS:
        terms = catalog.rarest(revision.generation, terms, MOST_TERMS)
    expression = any_of(terms)
    matched = _matched(catalog, revision.generation, expression, limit) if expression else []
    by_row = {passage.row: passage for passage in catalog.passages(*at, "id", [row for row, _ in matched])}
    passages: dict[str, IndexedPassage] = {}
    lexical: dict[str, float] = {}
    for row, score in matched:
        if row in by_row:
            lexical.setdefault(by_row[row].key, score)
            passages.setdefault(by_row[row].key, by_row[row])
    dense = dict(store.nearest(vector, limit)) if store is not None and vector is not None else {}
    for passage in catalog.passages(*at, "key", [key for key in dense if key not in passages]):
        passages.setdefault(passage.key, passage)
    dense_order = tuple(key for key in dense if key in passages)
    lexical_order = tuple(lexical)
    lexical |= _lexical_scores(
        catalog, revision, expression, [passages[key] for key in dense_order if key not in lexical]
    )
    dense |= _cosines(catalog, revision, vector, [key for key in lexical_order if key not in dense])
    centre = float(revision.centre @ vector) if vector is not None else 0.0
    return Candidates(dense_order, lexical_order, dense, lexical, centre, passages)


def _matched(catalog: Catalog | Selection, generation: int, expression: str, limit: int) -> list[tuple[int, float]]:
    """Return the best `limit` rows and those that match as well as the last, as far as `_TIES` times as many hold them.

    Which of them would be cut off depends on the order in which the index came to be, and is nobody's business.
    """
    found = catalog.match(generation, expression, 2 * limit)  # as fast as half of them
    if len(found) <= limit:
        return found
    last = found[limit - 1][1]
    if len(found) == 2 * limit and found[-1][1] == last:
        found = catalog.match(generation, expression, _TIES * limit)
    return [entry for entry in found if entry[1] >= last]


def rank(candidates: Candidates, fusion: Fusion, language: str, k: int, mode: Mode) -> list[Hit]:
    """Order the candidates and return the best `k`, one per distinct text."""
    scores: Mapping[str, float]
    if mode == "dense":
        scores = {key: candidates.dense[key] for key in candidates.dense_order}
    elif mode == "lexical":
        scores = {key: candidates.lexical[key] for key in candidates.lexical_order}
    else:
        scores = fuse(candidates.dense, candidates.lexical, candidates.centre, fusion.weight(language))
    dense_ranks = {key: at for at, key in enumerate(candidates.dense_order, start=1)}
    lexical_ranks = {key: at for at, key in enumerate(candidates.lexical_order, start=1)}
    known = [key for key in scores if key in candidates.passages]
    best = sorted(known, key=lambda key: (-round(scores[key], 9), *_place(candidates.passages[key])))[:k]
    return [
        Hit(candidates.passages[key].chunk, float(scores[key]), dense_ranks.get(key), lexical_ranks.get(key))
        for key in best
    ]


def _place(passage: IndexedPassage) -> tuple[str, int]:
    """Order equal scores by where passages stand, so that an index built in other steps answers the same."""
    return passage.chunk.source, passage.chunk.start


def question_language(question: str, languages: Mapping[str, int]) -> str:
    """Return the language of a question; one without a clear sign is taken to be in the index's own Latin language."""
    latin = next((code for code in languages if code not in _OTHER_SCRIPTS), "en")
    return detect_language(question, latin)


_OTHER_SCRIPTS = frozenset({"ru", "uk", "el", "he", "ar", "hi", "th", "ko", "ja", "zh", "und"})


def _lexical_scores(
    catalog: Catalog | Selection, revision: Revision, expression: str, passages: list[IndexedPassage]
) -> dict[str, float]:
    if not expression:
        return {passage.key: 0.0 for passage in passages}
    scores = catalog.match_rows(revision.generation, expression, [passage.row for passage in passages])
    return {passage.key: scores.get(passage.row, 0.0) for passage in passages}


def _cosines(
    catalog: Catalog | Selection, revision: Revision, vector: NDArray[np.float32] | None, keys: list[str]
) -> dict[str, float]:
    if vector is None:
        return {}
    vectors = catalog.vectors(revision.space, keys)
    if not vectors:
        return {}
    found = dict(zip(vectors, cosines(np.stack(list(vectors.values())), vector).tolist(), strict=True))
    return {key: found[key] for key in keys if key in found}
