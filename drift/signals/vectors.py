"""Texts as vectors: the stored embeddings where both windows share one embedder, hashed words otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction

Matrix = NDArray[np.float32]
HASHED_DIMENSIONS = 128
_BUCKETS = 16_384


@dataclass(frozen=True, slots=True)
class Features:
    """Rows for some records of both windows; `rows_*` index the records that have one, `name` says what they are."""

    name: str
    reference: Matrix
    current: Matrix
    rows_reference: NDArray[np.int64]
    rows_current: NDArray[np.int64]
    note: str = ""


def question_features(reference: Sequence[Interaction], current: Sequence[Interaction]) -> Features:
    """Return one row per question of either window."""
    return _features(
        reference, current, lambda item: item.question_vector, lambda item: item.question, "question vectors"
    )


def answer_features(reference: Sequence[Interaction], current: Sequence[Interaction]) -> Features:
    """Return one row per given answer of either window."""
    left, right = (
        [item for item in side if item.answer and item.outcome == "answered"] for side in (reference, current)
    )
    found = _features(left, right, lambda item: item.answer_vector, lambda item: item.answer or "", "answer vectors")
    place = [{item.id: row for row, item in enumerate(side)} for side in (reference, current)]
    rows_left = np.array([place[0][left[row].id] for row in found.rows_reference], dtype=np.int64)
    rows_right = np.array([place[1][right[row].id] for row in found.rows_current], dtype=np.int64)
    return Features(found.name, found.reference, found.current, rows_left, rows_right, found.note)


def hashed_words(texts: Sequence[str]) -> Matrix:
    """Turn texts into rows that lie close where texts share rare words.

    Words are hashed to 16,384 columns and weighted by rarity over all `texts`; the 128 strongest directions are kept
    (latent semantic analysis), or fewer for few texts.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, HashingVectorizer, TfidfTransformer

    hasher = HashingVectorizer(
        n_features=_BUCKETS, norm=None, alternate_sign=False, stop_words=sorted(ENGLISH_STOP_WORDS)
    )
    weighted = TfidfTransformer(sublinear_tf=True).fit_transform(hasher.transform(texts)).astype(np.float32)
    kept = max(1, min(HASHED_DIMENSIONS, len(texts) - 1))
    with np.errstate(invalid="ignore", divide="ignore"):  # identical texts have no variance to explain
        rows: Matrix = TruncatedSVD(kept, n_iter=2, random_state=0).fit_transform(weighted).astype(np.float32)
    return rows


def _features(
    reference: Sequence[Interaction],
    current: Sequence[Interaction],
    vector: Callable[[Interaction], bytes | None],
    text: Callable[[Interaction], str],
    what: str,
) -> Features:
    stored, note = _stored(reference, current, vector, what)
    if stored is not None:
        return stored
    rows = hashed_words([text(item) for item in (*reference, *current)]) if reference or current else _empty()
    split = len(reference)
    return Features("hashed words", rows[:split], rows[split:], np.arange(split), np.arange(len(current)), note)


def _stored(
    reference: Sequence[Interaction],
    current: Sequence[Interaction],
    vector: Callable[[Interaction], bytes | None],
    what: str,
) -> tuple[Features | None, str]:
    carriers = [[item for item in side if vector(item)] for side in (reference, current)]
    if not all(carriers):
        return None, ""
    embedders = sorted({item.fingerprint.embedder for side in carriers for item in side})
    lengths = {len(vector(item) or b"") for side in carriers for item in side}
    if len(embedders) > 1 or len(lengths) > 1:
        named = " and ".join(repr(name) for name in embedders)
        return (
            None,
            f"The {what} come from {named} and cannot be compared: hashed words are used; embed one window again.",
        )
    left, right = (_decode(side, vector) for side in (reference, current))
    if min(len(left[0]), len(right[0])) < 0.9 * min(len(reference), len(current)):
        return None, f"Too few records carry usable {what}: hashed words are used."
    return Features(embedders[0] or "stored vectors", left[0], right[0], left[1], right[1]), ""


def _decode(
    items: Sequence[Interaction], vector: Callable[[Interaction], bytes | None]
) -> tuple[Matrix, NDArray[np.int64]]:
    rows = [row for row, item in enumerate(items) if vector(item)]
    raw = b"".join(vector(items[row]) or b"" for row in rows)
    matrix = np.frombuffer(raw, "<f2").astype(np.float32).reshape(len(rows), -1)
    good = np.isfinite(matrix).all(axis=1)
    return matrix[good], np.asarray(rows, dtype=np.int64)[good]


def _empty() -> Matrix:
    return np.zeros((0, HASHED_DIMENSIONS), dtype=np.float32)
