"""What scores of other tools mean where their names do not tell: [metrics]."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Annotated

from data.errors import SettingsError
from data.records import Score
from data.scales.scale import Scale
from data.settings import Example, check


@dataclass(frozen=True, slots=True)
class MetricSettings:
    """What scores of other tools mean, where their names do not tell."""

    scales: Annotated[dict[str, str], Example({"slips": "down 0..10"})] = field(default_factory=dict)
    """Ends of a scale by metric. "down" says that less is better."""
    categories: Annotated[dict[str, str], Example({"verdict": "wrong, partly, correct"})] = field(default_factory=dict)
    """Words of a metric for values, worst first."""
    speak: Annotated[tuple[str, ...], Example(("our_own_metric",))] = ()
    """Metrics that speak for quality, whatever their names."""
    silent: Annotated[tuple[str, ...], Example(("helpfulness",))] = ()
    """Metrics that never speak for quality."""

    def __post_init__(self) -> None:
        check(self, "metrics")
        for metric, text in self.scales.items():
            if not _is_scale(text):
                raise SettingsError(
                    f"Setting metrics.scales tells no scale of {metric!r}, found {text!r}: write its ends, such as "
                    '"1..5", with "down" before them where less is better.'
                )

    def order(self, metric: str) -> tuple[str, ...]:
        """Return the words of a metric, worst first; empty where none are told."""
        return tuple(word.strip() for word in self.categories.get(metric, "").split(",") if word.strip())

    def scale(self, metric: str) -> Scale:
        """Return what is told of a metric."""
        told = Scale.parse(self.scales[metric]) if metric in self.scales else Scale()
        speaks = True if metric in self.speak else False if metric in self.silent else None
        return replace(told, speaks=speaks)

    def told(self, scores: Iterable[Score]) -> tuple[Score, ...]:
        """Return scores with what these settings tell of their metrics; it goes before what came with them."""
        if not (self.scales or self.speak or self.silent):
            return tuple(scores)
        return tuple(self._one(score) for score in scores)

    def _one(self, score: Score) -> Score:
        mine = self.scale(score.metric)
        if mine == Scale():
            return score
        theirs = Scale.parse(score.scale) if score.scale else Scale()
        return replace(score, scale=str(mine.over(theirs)))


def _is_scale(text: str) -> bool:
    try:
        Scale.parse(text)
    except ValueError:
        return False
    return True
