"""How much of a drop of quality came with a change of what was retrieved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction
from drift.causes.same_passages import beyond_chance, passages
from drift.signals import context_count, context_words, question_coverage, score_margin, top_score
from drift.windows import normalised

_SIGNALS = (top_score, score_margin, question_coverage, context_count, context_words)
_MIN_RECORDS = 50
_MIN_ALIKE = 20
_LEAST = 0.05
_MIN_PAIRS = 15
_MIN_OTHER = 5


@dataclass(frozen=True, slots=True)
class RetrievalShare:
    """Share in [0, 1] of the change of quality, and the sentence behind it.

    `proven` says that questions asked in both windows show it beyond chance. `generation` is then the sentence that
    says by how much answers given the same passages got worse, empty where that is not beyond chance.
    """

    share: float
    proven: bool
    evidence: str
    generation: str = ""


def retrieval_share(
    reference: Sequence[Interaction],
    current: Sequence[Interaction],
    values_reference: Mapping[str, float],
    values_current: Mapping[str, float],
    delta: float,
) -> RetrievalShare:
    """Split the change `delta` into what retrieval explains and the rest.

    Where the same questions were asked and enough of them got the same passages, the drop of those that got other
    passages is compared with the drop of those: only the excess is retrieval's. Otherwise a classifier tells how much
    each record looks, by its retrieval signals alone, like one of the other window; the change between the records that
    look alike is not retrieval's, the rest is (DISDE: Cai, Namkoong and Yadlowsky 2023, arXiv:2303.02011). What the
    signals do not show of retrieval stays in the rest, so a share by signals alone is rather too small.
    """
    pairs = _paired(reference, current, values_reference, values_current)
    if sum(pair.same_passages for pair in pairs) >= _MIN_PAIRS:
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
        pairs.append(_Pair(change, passages(item) == passages(earlier)))
    return pairs if 2 * len(pairs) >= len(values_current) else []


def _from_pairs(pairs: Sequence[_Pair]) -> RetrievalShare:
    same = np.array([pair.change for pair in pairs if pair.same_passages])
    other = np.array([pair.change for pair in pairs if not pair.same_passages])
    total = sum(pair.change for pair in pairs)
    baseline, error = float(same.mean()), _error(same)
    text = f"The {same.size} questions asked again with the same passages changed by {baseline:+.3f}."
    worse = text if beyond_chance(baseline, error) else ""
    if other.size < _MIN_OTHER or total >= 0:
        return RetrievalShare(0.0, False, "", worse)
    excess = float(other.mean()) - min(baseline, 0.0)
    if not beyond_chance(excess, float(np.hypot(_error(other), error if baseline < 0 else 0.0))):
        return RetrievalShare(0.0, False, "", worse)
    share = float(np.clip(other.size * excess / total, 0.0, 1.0))
    head = f"{other.size} of {len(pairs)} questions asked again got other passages and changed by {other.mean():+.3f}"
    return RetrievalShare(share, True, f"{head}, the {same.size} with the same passages by {baseline:+.3f}.", worse)


def _error(changes: NDArray[np.float64]) -> float:
    return float(changes.std(ddof=1) / np.sqrt(changes.size))


def _from_signals(
    reference: Sequence[Interaction],
    current: Sequence[Interaction],
    values_reference: Mapping[str, float],
    values_current: Mapping[str, float],
    delta: float,
) -> RetrievalShare:
    left, before = _table(reference, values_reference)
    right, after = _table(current, values_current)
    if min(len(left), len(right)) < _MIN_RECORDS or delta >= 0:
        return RetrievalShare(0.0, False, "")
    chance = _chance_of_current(left, right)
    weights = chance[: len(left)], 1.0 - chance[len(left) :]
    alike = min(_effective(weight) for weight in weights)
    if alike < _MIN_ALIKE:
        return RetrievalShare(1.0, False, "Next to no current answer was given passages like those of the reference.")
    rest = float(np.average(after, weights=weights[1]) - np.average(before, weights=weights[0]))
    share = float(np.clip(1.0 - rest / delta, 0.0, 1.0))
    return RetrievalShare(share, False, f"Where retrieval looks as it did before, quality changed by {rest:+.3f}.")


def _chance_of_current(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each row, from trees that did not see it, the chance that it is current, as if both were as many."""
    from sklearn.ensemble import RandomForestClassifier

    rows = np.concatenate([left, right])
    side = np.repeat([0, 1], [len(left), len(right)])
    forest = RandomForestClassifier(100, min_samples_leaf=10, oob_score=True, random_state=0, n_jobs=1).fit(rows, side)
    chance = np.clip(forest.oob_decision_function_[:, 1], 0.0, 1.0)
    balanced = chance * len(left) / (chance * len(left) + (1.0 - chance) * len(right))
    return np.asarray(balanced, dtype=np.float64)


def _effective(weight: NDArray[np.float64]) -> float:
    return float(weight.sum() ** 2 / max(float(weight @ weight), 1e-12)) if weight.mean() > _LEAST else 0.0


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
