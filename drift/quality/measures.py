"""What is compared: the records of a window, one score on them, and the scores that speak together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.records import Interaction, ScoreSource
from drift.windows import Window


@dataclass(frozen=True, slots=True)
class Side:
    """One checked window with the records that are compared, in order of time, and the topic of each (by id).

    `moved` is the share of questions that may be of another kind than the other window's (`drift.planes.findings`).
    """

    window: Window
    items: tuple[Interaction, ...]
    topics: dict[str, int]
    moved: float = 0.0


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric of one source made by one version of its scorer, on the records of both windows."""

    metric: str
    source: ScoreSource
    scorer_version: str
    reference: dict[str, float]
    current: dict[str, float]
    coverage: float


@dataclass(frozen=True, slots=True)
class QualityMeasures:
    """The measure that speaks for quality, the cheap one that helps it where it covers only a sample, and remarks.

    `volunteered` are ratings of people who chose to rate: they explain, but do not speak. `figures` is the support of
    an answer's numbers by its passages; few answers carry any, so it never speaks alone. `dimensions` are our scores
    of one dimension each, by its name. `between` is a judge asked
    about a sample, where people's labels speak and the helper covers the rest (`drift.quality.scoring`).
    `aside` may not speak (`drift.quality.standing`), `ours` is our own score on all answers, and `disputed` is what the
    judge says less what ours says, where the two disagree.
    """

    main: Measure | None
    helper: Measure | None
    reason: str
    notes: tuple[str, ...]
    volunteered: tuple[Measure, ...] = ()
    figures: Measure | None = None
    between: Measure | None = None
    dimensions: Mapping[str, Measure] = field(default_factory=dict)
    aside: tuple[Measure, ...] = ()
    ours: Measure | None = None
    disputed: Measure | None = None
