"""All that bears on the cause of a change of quality, and what may be said of passages by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drift.causes.swap import SwapTest
from drift.quality import JudgedQuality, Side
from drift.results import Finding, FingerprintChange, OpsPlane
from drift.stats import Split

_WORSE_WHEN_LOWER = ("top score", "score margin", "question coverage", "passages")
_CLEAR = 0.2


@dataclass(frozen=True, slots=True)
class CauseEvidence:
    """What two windows show.

    `values_*` map ids to the quality score that speaks or its helper, or to the scores of the dimension `fallen`, where
    that one alone fell. `swaps` test prompts that both windows share.
    """

    reference: Side
    current: Side
    values_reference: Mapping[str, float]
    values_current: Mapping[str, float]
    judged: JudgedQuality
    ops: OpsPlane
    split: Split | None
    findings: tuple[Finding, ...]
    changes: tuple[FingerprintChange, ...]
    swaps: tuple[SwapTest, ...] = ()
    fallen: str = ""

    @property
    def drop(self) -> float:
        """The change of quality that is to be explained, on the scale of `values_*`; negative for a drop."""
        plane = self.judged.plane
        if self.fallen:
            return plane.dimensions[self.fallen].delta
        return plane.within.delta if plane.within else 0.0

    @property
    def has_passages(self) -> bool:
        """Whether both windows logged what was retrieved, so that retrieval can be told from generation at all."""
        return any(finding.plane == "retrieval" for finding in self.findings)

    @property
    def weaker_passages(self) -> tuple[Finding, ...]:
        """The signals of retrieval that fell."""
        return tuple(finding for finding in self.findings if finding.signal in _WORSE_WHEN_LOWER and _fell(finding))

    @property
    def other_questions(self) -> bool:
        """Whether what people ask moved: then answers are other answers in any case."""
        return any(finding.plane == "query" and finding.drifted for finding in self.findings)


def change_sentence(change: FingerprintChange) -> str:
    """Say which part of the system changed from what to what, and when."""
    field = change.field.replace("_", " ")
    return f"The {field} changed from {change.before!r} to {change.after!r}, first seen {change.at:%Y-%m-%d %H:%M}."


def _fell(finding: Finding) -> bool:
    # That something moved is known already: one-sided 5 % over the four signals, without the report's other signals.
    return finding.effect <= -_CLEAR and (finding.drifted or finding.p_value <= 2 * 0.05 / len(_WORSE_WHEN_LOWER))
