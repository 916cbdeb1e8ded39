"""Did answers get worse where the very same passages were given? Then it was not the passages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction
from drift.causes.evidence import CauseEvidence

_MIN_ALIKE = 15
_SURE = 0.05

Passages = frozenset[str]


def passages(item: Interaction) -> Passages:
    """Return what identifies the texts that an answer was given."""
    return frozenset(context.text_hash or context.id for context in item.contexts)


def fell_on_same_passages(evidence: CauseEvidence) -> str:
    """Say by how much answers given the same passages got worse; "" if not beyond chance, or fewer than 15 were.

    Other questions may have been asked of these passages. Strata are sets of passages; the difference of means in each
    is weighed by n·m/(n + m), which is least variable where all strata share one change and one spread, and the
    variance is taken inside strata and windows (one-sided z-test at 5 %).
    """
    before = _by_passages(evidence.reference.items, evidence.values_reference)
    after = _by_passages(evidence.current.items, evidence.values_current)
    strata = [(np.array(before[key]), np.array(after[key])) for key in sorted(before.keys() & after.keys(), key=sorted)]
    sizes = [sum(side[place].size for side in strata) for place in (0, 1)]
    if min(sizes) < _MIN_ALIKE:
        return ""
    weights = np.array([a.size * b.size / (a.size + b.size) for a, b in strata])
    change = float(np.average([b.mean() - a.mean() for a, b in strata], weights=weights))
    error = _spread(strata) / float(np.sqrt(weights.sum()))
    if not beyond_chance(change, error):
        return ""
    return f"Answers given the same passages as before changed by {change:+.3f} ({sizes[0]} before, {sizes[1]} now)."


def beyond_chance(change: float, error: float) -> bool:
    """Say whether a change is a drop, one-sided at 5 %."""
    from scipy.stats import norm

    return change < 0 and (error == 0 or float(norm.cdf(change / error)) <= _SURE)


def _by_passages(items: Sequence[Interaction], values: Mapping[str, float]) -> dict[Passages, list[float]]:
    found: dict[Passages, list[float]] = defaultdict(list)
    for item in items:
        if item.contexts and item.id in values:
            found[passages(item)].append(values[item.id])
    return found


def _spread(strata: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> float:
    # Sides of one record say nothing of the spread; without any larger one all records do, strata and all.
    rests = [side - side.mean() for pair in strata for side in pair if side.size > 1]
    free = sum(rest.size - 1 for rest in rests)
    if free >= _MIN_ALIKE:
        return float(np.sqrt(sum(float(rest @ rest) for rest in rests) / free))
    sides = [np.concatenate([pair[place] for pair in strata]) for place in (0, 1)]
    return float(np.sqrt(np.mean([side.var(ddof=1) for side in sides])))
