"""How much of a drop of quality came with a change of what was retrieved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction
from drift.signals import context_count, question_coverage, top_score
from drift.windows import normalised

_SIGNALS = (top_score, question_coverage, context_count)
_MIN_RECORDS = 50
_MIN_PAIRS = 15


@dataclass(frozen=True, slots=True)
class RetrievalShare:
    """Share in [0, 1] of the change of quality; `exact` where the same questions were asked in both windows."""

    share: float
    exact: bool
    evidence: str


def retrieval_share(
    reference: Sequence[Interaction],
    current: Sequence[Interaction],
    values_reference: Mapping[str, float],
    values_current: Mapping[str, float],
    delta: float,
) -> RetrievalShare:
    """Split the change `delta` into what retrieval explains and the rest.

    Where the same questions were asked, the drop of those that got other passages is compared with the drop of those
    that got the same ones: only the excess is retrieval's. Otherwise the reference tells how quality goes with the
    retrieval signals (ridge regression), and the change of these signals predicts retrieval's part.
    """
    pairs = _paired(reference, current, values_reference, values_current)
    if len(pairs) >= _MIN_PAIRS:
        return _from_pairs(pairs)
    return _from_signals(reference, current, values_reference, values_current, delta)


@dataclass(frozen=True, slots=True)
class _Pair:
    change: float
    same_passages: bool


def _paired(
    reference: Sequence[Interaction],
    current: Sequence[Interaction],
    values_reference: Mapping[str, float],
    values_current: Mapping[str, float],
) -> list[_Pair]:
    before = {normalised(item.question): item for item in reference if item.id in values_reference and item.contexts}
    pairs = []
    for item in current:
        earlier = before.get(normalised(item.question))
        if earlier is None or item.id not in values_current or not item.contexts:
            continue
        change = values_current[item.id] - values_reference[earlier.id]
        pairs.append(_Pair(change, _passages(item) == _passages(earlier)))
    return pairs if 2 * len(pairs) >= len(values_current) else []


def _passages(item: Interaction) -> frozenset[str]:
    return frozenset(context.text_hash or context.id for context in item.contexts)


def _from_pairs(pairs: Sequence[_Pair]) -> RetrievalShare:
    same = np.array([pair.change for pair in pairs if pair.same_passages])
    other = np.array([pair.change for pair in pairs if not pair.same_passages])
    total = sum(pair.change for pair in pairs)
    if not other.size or total >= 0:
        return RetrievalShare(0.0, True, "")
    # With too few untouched questions there is no baseline for what the generator did: all excess is laid to retrieval.
    baseline = float(same.mean()) if same.size >= _MIN_PAIRS else 0.0
    share = float(np.clip(np.sum(other - min(baseline, 0.0)) / total, 0.0, 1.0))
    text = f"{other.size} of {len(pairs)} questions asked again got other passages and changed by {other.mean():+.3f}"
    tail = f", the {same.size} with the same passages by {same.mean():+.3f}." if same.size else "."
    return RetrievalShare(share, True, text + tail)


def _from_signals(
    reference: Sequence[Interaction],
    current: Sequence[Interaction],
    values_reference: Mapping[str, float],
    values_current: Mapping[str, float],
    delta: float,
) -> RetrievalShare:
    left, quality = _table(reference, values_reference)
    right, _ = _table(current, values_current)
    if min(len(left), len(right)) < _MIN_RECORDS or delta >= 0:
        return RetrievalShare(0.0, False, "")
    spread = left.std(axis=0)
    used = spread > 1e-9
    if not used.any():
        return RetrievalShare(0.0, False, "")
    scaled = (left[:, used] - left[:, used].mean(axis=0)) / spread[used]
    slopes = np.linalg.solve(
        scaled.T @ scaled + 0.01 * len(scaled) * np.eye(int(used.sum())), scaled.T @ (quality - quality.mean())
    )
    moved = (right[:, used].mean(axis=0) - left[:, used].mean(axis=0)) / spread[used]
    predicted = float(moved @ slopes)
    share = float(np.clip(predicted / delta, 0.0, 1.0))
    return RetrievalShare(share, False, f"Weaker retrieval alone predicts a change of quality of {predicted:+.3f}.")


def _table(
    items: Sequence[Interaction], values: Mapping[str, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, quality = [], []
    for item in items:
        if item.id in values and item.contexts:
            rows.append([signal(item) for signal in _SIGNALS])
            quality.append(values[item.id])
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(_SIGNALS))
    known = np.isfinite(table)
    means = np.divide(
        np.where(known, table, 0).sum(axis=0), known.sum(axis=0), out=np.zeros(len(_SIGNALS)), where=known.any(axis=0)
    )
    return np.where(known, table, means), np.array(quality)
