"""Measure on the index itself how much the dense and the lexical side deserve.

Some passages are taken, a sentence is cut out of each, and a few of its words become a question whose answer is the
rest of that passage (an inverse cloze task, Lee et al. 2019, arXiv 1906.00300). How often each side finds the rest
among all other passages tells how far the embedder knows the language and the subject, without any labelled question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from rag.catalog import Catalog, Passage
from rag.chunk import embedding_text
from rag.fusion import UNKNOWN_STRENGTH, Fusion
from rag.lexical import index_terms, match_expression
from rag.protocols import Embedder
from rag.segment import sentences
from rag.vectors import VectorStore
from rag.windows import embed_passages

SAMPLES = 64
"""Passages tried per language."""

_TRIES = 3
_WORDS = 8
_UNSPACED_CHARACTERS = 12
_DEPTH = 10
_PRIOR_SAMPLES = 10
_MOST_DRIFT = 0.25


@dataclass(frozen=True, slots=True)
class Cloze:
    """A made-up question and the passage that answers it, without the sentence the question came from."""

    row: int
    key: str
    language: str
    question: str
    rest: str


def is_stale(fusion: Fusion, chunks: int) -> bool:
    """Tell whether an index of `chunks` passages has outgrown the size its weights were measured at."""
    return abs(chunks - fusion.chunks) > _MOST_DRIFT * fusion.chunks


def sample_clozes(
    catalog: Catalog, generation: int, revision: int, rows: Sequence[tuple[int, str]], rng: np.random.Generator
) -> list[Cloze]:
    """Draw up to `SAMPLES` questions per language from chunks given as (row, language)."""
    tried: dict[str, list[int]] = defaultdict(list)
    for at in rng.permutation(len(rows)):
        row, language = rows[at]
        if len(tried[language]) < _TRIES * SAMPLES:
            tried[language].append(row)
    clozes: list[Cloze] = []
    for language in sorted(tried):
        passages = {item.row: item for item in catalog.passages(generation, revision, "id", tried[language])}
        cut = (_cut(passages[row], language, rng) for row in tried[language])
        clozes.extend(islice((cloze for cloze in cut if cloze is not None), SAMPLES))
    return clozes


def measure_strength(
    catalog: Catalog, generation: int, store: VectorStore, embedder: Embedder, clozes: Sequence[Cloze]
) -> dict[str, float]:
    """Return nDCG@10 of the dense side divided by that of the lexical side, by language, drawn towards the prior.

    Runs inside the caller's write transaction, in which the full-text index already has the published content; it is
    changed on the way and put back.
    """
    questions = embedder.embed([cloze.question for cloze in clozes], query=True)
    rests = embed_passages([cloze.rest for cloze in clozes], embedder)
    dense = [_dense_gain(store, *pair) for pair in zip(clozes, questions, rests, strict=True)]
    lexical = _lexical_gains(catalog, generation, clozes)
    gains: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for cloze, *pair in zip(clozes, dense, lexical, strict=True):
        gains[cloze.language].append((pair[0], pair[1]))
    return {language: _strength(pairs) for language, pairs in gains.items()}


def _strength(pairs: Sequence[tuple[float, float]]) -> float:
    dense, lexical = np.mean(pairs, axis=0)
    ratio = min(2.0, dense / lexical) if lexical > 0 else 2.0 * (dense > 0)
    return round(float((len(pairs) * ratio + _PRIOR_SAMPLES * UNKNOWN_STRENGTH) / (len(pairs) + _PRIOR_SAMPLES)), 3)


def _cut(passage: Passage, language: str, rng: np.random.Generator) -> Cloze | None:
    """Return a question and the rest of the passage; None where no sentence is long enough or it is the only one."""
    chunk = passage.chunk
    spans = sentences(chunk.text)
    long = [(start, end) for start, end in spans if len(index_terms(chunk.text[start:end], language).split()) >= 5]
    if len(spans) < 2 or not long:
        return None
    start, end = long[rng.integers(len(long))]
    words = chunk.text[start:end].split()
    if len(words) < 3:
        question = chunk.text[start : min(end, start + _UNSPACED_CHARACTERS)]
    else:
        question = " ".join(words[at] for at in np.sort(rng.permutation(len(words))[:_WORDS]))
    rest = embedding_text(replace(chunk, text=f"{chunk.text[:start]} {chunk.text[end:]}"))
    return Cloze(passage.row, passage.key, language, question, rest)


def _dense_gain(store: VectorStore, cloze: Cloze, question: NDArray[np.float32], rest: NDArray[np.float32]) -> float:
    own = float(question @ rest)
    others = [cosine for key, cosine in store.nearest(question, _DEPTH + 1) if key != cloze.key]
    return _gain(1 + sum(cosine >= own for cosine in others))  # an embedder that tells nothing apart earns nothing


def _lexical_gains(catalog: Catalog, generation: int, clozes: Sequence[Cloze]) -> list[float]:
    connection = catalog.connection
    connection.execute("SAVEPOINT clozes")
    try:
        connection.executemany(
            f"UPDATE lexical_{generation:d} SET terms = ? WHERE rowid = ?",
            [(index_terms(cloze.rest, cloze.language), cloze.row) for cloze in clozes],
        )
        return [_lexical_gain(catalog, generation, cloze) for cloze in clozes]
    finally:
        connection.execute("ROLLBACK TO clozes")
        connection.execute("RELEASE clozes")


def _lexical_gain(catalog: Catalog, generation: int, cloze: Cloze) -> float:
    expression = match_expression(cloze.question, cloze.language)
    found = [row for row, _ in catalog.match(generation, expression, _DEPTH)] if expression else []
    return _gain(1 + found.index(cloze.row)) if cloze.row in found else 0.0


def _gain(rank: int) -> float:
    return 1.0 / float(np.log2(1 + rank)) if rank <= _DEPTH else 0.0
