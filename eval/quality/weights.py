"""The learned numbers behind the scores, read from `weights.json` (written by `benchmarks/blindness_fit.py`)."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.errors import ModelFileError
from eval.quality.groundedness import Coefficients

WEIGHTS_FILE = Path(__file__).with_name("weights.json")
WAYS = ("vectors", "words")
"""With vectors of sentences, or with their words alone."""


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """Weights and intercept of one chance."""

    weights: tuple[float, ...]
    intercept: float

    def chance(self, features: Sequence[float]) -> float:
        """Return the chance for these features."""
        logit = self.intercept + math.fsum(w * x for w, x in zip(self.weights, features, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


@dataclass(frozen=True, slots=True)
class Weights:
    """All learned numbers; `relevance` and `holds` by way, `claims` and `changed` for the claims of an answer."""

    version: str
    relevance: dict[str, LogisticModel]
    holds: dict[str, LogisticModel]
    nothing_drawn: float
    claims: Coefficients
    changed: LogisticModel

    @classmethod
    def read(cls, file: Path = WEIGHTS_FILE) -> Weights:
        """Read the weights shipped with this folder, or those of another file.

        :raises ModelFileError: the file is missing, damaged, or made for other features.
        """
        try:
            return _built(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelFileError(
                f"The weights of the scores at {file} cannot be read ({error!r}): reinstall silentdrift, or rerun "
                "`python -m benchmarks.blindness_fit`."
            ) from error

    def kept(self, claims: Sequence[Sequence[float]]) -> float:
        """Return the chance that the most doubtful claim was not changed; one without a sign of it counts as 1."""
        clean = 1.0 - self.changed.chance([0.0] * len(self.changed.weights))
        return min((1.0 - self.changed.chance(claim)) / clean for claim in claims)

    def carried(self, claims: Sequence[Sequence[float]]) -> float:
        """Return the chance that an answer with these claims is fully carried."""
        return self.claims.probability(self.claims.load([self.claims.risk(claim) for claim in claims]))


def _built(held: dict[str, Any]) -> Weights:
    claims = _logistic(held["claim"])
    return Weights(
        str(held["version"]),
        {way: _logistic(held["relevance"][way]) for way in WAYS},
        {way: _logistic(held["holds"][way]) for way in WAYS},
        float(held["nothing_drawn"]),
        Coefficients(str(held["version"]), claims.weights, claims.intercept, *held["load"], *held["calibration"]),
        _logistic(held["changed"]),
    )


def _logistic(held: dict[str, Any]) -> LogisticModel:
    return LogisticModel(tuple(map(float, held["weights"])), float(held["intercept"]))
