"""Would a fault be noticed here? Known faults injected into copies of real traffic, many times over.

Each trial splits the traffic at random into a reference and a current window. It breaks a share of the current one, and
asks for the verdict. Trials without a fault give the false-alert rate on the same data. As all windows come from one
pool of records, the intervals are about this pool: other traffic may behave otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from data.errors import InputError
from data.records import Interaction, Score, Scorer
from drift.comparison import assess, compare
from drift.drill.faults import Fault
from drift.results import DriftReport
from drift.settings import DriftSettings
from drift.signals import hashed_words
from drift.vocabulary import ALERTING
from drift.windows import Window

ScorerOf = Callable[[Sequence[Interaction], Sequence[Interaction]], Scorer]

_LOOKS = (0.25, 0.5, 0.75, 1.0)
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class DrillSettings:
    """How many trials of windows of how many records, for which shares of broken records; `causes` trials explain."""

    trials: int
    records: int
    shares: tuple[float, ...]
    causes: int = 3
    seed: int = 0


@dataclass(frozen=True, slots=True)
class DrillResult:
    """What came of one fault at one share, or of no fault (`fault` empty).

    `rate` is the share of trials that alerted, with its Clopper–Pearson interval. `delay` is the median number of
    records after which an alert came, None where fewer than half of the trials alerted. `applies` is the share of
    records the fault can change at all. `named` of `explained` alerts named a right cause first; `causes` counts what
    was named.
    """

    fault: str
    share: float
    harmful: bool
    trials: int
    rate: float
    low: float
    high: float
    delay: float | None
    applies: float
    explained: int
    named: int
    causes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Pool:
    """Records with their scores, and, where a fault applies, the broken copy of each with its own scores."""

    items: tuple[Interaction, ...]
    scores: Mapping[str, Sequence[Score]]
    broken: Mapping[str, tuple[Interaction, Sequence[Score]]]


def drill(
    items: Sequence[Interaction],
    faults: Sequence[Fault],
    scorer_of: ScorerOf,
    *,
    drift: DriftSettings,
    settings: DrillSettings,
    now: datetime,
    progress: Callable[[int, int, str], None],
) -> list[DrillResult]:
    """Run the trials of no fault, then of every fault at every share.

    `scorer_of` gives what scores the records of a window, given those before it. Scores of other sources are left out,
    because nobody labelled the broken copies.

    :raises InputError: there are too few records for two windows.
    """
    needed = 2 * drift.min_records
    if len(items) < needed:
        raise InputError(f"A drill needs at least {needed} records, found {len(items)}: take a longer period.")
    clean = _clean(items, scorer_of, settings)
    plan: list[tuple[Fault | None, float]] = [(None, 0.0), *((fault, s) for fault in faults for s in settings.shares)]
    results: list[DrillResult] = []
    pools = {"": clean}
    for number, (fault, share) in enumerate(plan):
        name = fault.name if fault else ""
        if fault and name not in pools:
            pools[name] = _broken(clean, fault, scorer_of, settings.seed)
        results.append(_trials(pools[name], fault, share, drift, settings, now))
        progress(number + 1, len(plan), name)
    return results


def _clean(items: Sequence[Interaction], scorer_of: ScorerOf, settings: DrillSettings) -> _Pool:
    rng = np.random.default_rng(settings.seed)
    chosen = rng.permutation(len(items))[: 2 * settings.records]
    # Stored vectors would describe the answers before they were broken, so texts are compared as texts on both sides.
    kept = _with_vectors([replace(items[row], answer_vector=None) for row in sorted(chosen)])
    score = scorer_of(kept, ())
    return _Pool(kept, {item.id: tuple(score(item)) for item in kept}, {})


def _with_vectors(items: list[Interaction]) -> tuple[Interaction, ...]:
    # No fault touches questions: without stored vectors they are turned into rows once, not once a trial.
    kinds = {(item.fingerprint.embedder, len(item.question_vector or b"")) for item in items}
    if len(kinds) == 1 and items[0].question_vector:
        return tuple(items)
    rows = hashed_words([item.question for item in items]).astype("<f2")
    return tuple(replace(item, question_vector=row.tobytes()) for item, row in zip(items, rows, strict=True))


def _broken(clean: _Pool, fault: Fault, scorer_of: ScorerOf, seed: int) -> _Pool:
    rng = np.random.default_rng([seed, sum(map(ord, fault.name))])
    answered = [item for item in clean.items if item.outcome == "answered"]
    found = ((item.id, fault.inject(item, answered, rng)) for item in answered)
    copies = {key: copy for key, copy in found if copy is not None}
    # What a window teaches of its answers it teaches with the broken ones in it: half of those that can be.
    struck = set(list(copies)[::2])
    window = [copies[item.id] if item.id in struck else item for item in clean.items]
    score = scorer_of(window, clean.items)
    return replace(clean, broken={key: (copy, tuple(score(copy))) for key, copy in copies.items()})


def _trials(
    pool: _Pool, fault: Fault | None, share: float, drift: DriftSettings, settings: DrillSettings, now: datetime
) -> DrillResult:
    from scipy.stats import binomtest

    alerted, delays, causes, explained = 0, [], Counter[str](), 0
    for trial in range(settings.trials):
        rng = np.random.default_rng([settings.seed, trial])
        reference, current = _windows(pool, share, rng)
        if not _alerts(assess(reference, current, drift, now)):
            continue
        alerted += 1
        delays.append(_delay(reference, current, drift, now))
        if fault and fault.harmful and explained < settings.causes:
            explained += 1
            causes[_first_cause(compare(reference, current, drift, now))] += 1
    interval = binomtest(alerted, settings.trials).proportion_ci(_CONFIDENCE, method="exact")
    right = sum(causes[name] for name in fault.causes) if fault else 0
    return DrillResult(
        fault=fault.name if fault else "",
        share=share,
        harmful=bool(fault and fault.harmful),
        trials=settings.trials,
        rate=alerted / settings.trials,
        low=float(interval.low),
        high=float(interval.high),
        delay=float(np.median(delays)) if 2 * alerted >= settings.trials and delays else None,
        applies=len(pool.broken) / len(pool.items) if fault else 0.0,
        explained=explained,
        named=right,
        causes=dict(causes),
    )


def _windows(pool: _Pool, share: float, rng: np.random.Generator) -> tuple[Window, Window]:
    order = rng.permutation(len(pool.items))
    half = len(order) // 2
    left = [pool.items[row] for row in sorted(order[:half])]
    right = [pool.items[row] for row in sorted(order[half:])]
    struck = {item.id for item in right if rng.random() < share} & pool.broken.keys()
    current = [pool.broken[item.id][0] if item.id in struck else item for item in right]
    scores = [score for item in left for score in pool.scores[item.id]]
    after = [s for item in right for s in (pool.broken[item.id][1] if item.id in struck else pool.scores[item.id])]
    return Window("healthy", tuple(left), tuple(scores)), Window("drilled", tuple(current), tuple(after))


def _delay(reference: Window, current: Window, drift: DriftSettings, now: datetime) -> int:
    for look in _LOOKS[:-1]:
        count = int(look * len(current.interactions))
        if count < drift.min_records:
            continue
        if _alerts(assess(reference, replace(current, interactions=current.interactions[:count]), drift, now)):
            return count
    return len(current.interactions)


def _alerts(report: DriftReport) -> bool:
    return report.verdict in ALERTING


def _first_cause(report: DriftReport) -> str:
    if report.ops.status == "red":
        return "ops"
    return report.causes[0].cause if report.causes else "none"
