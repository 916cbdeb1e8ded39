"""A score for "is this answer fully supported by its passages?" that needs no model call.

Each claim of the answer gets a risk ``p = sigmoid(b + w·x)`` from lexical features x (`eval.quality.features`). With
the excess ``e = max(0, -ln(1 - p) - floor)`` the risks add up to ``load = Σ (e^power + linear·e)``, so that verbatim
sentences add nothing and a plainly unsupported one weighs most. The score is ``1 / (1 + exp(a + c·ln(load + 0.05)))``,
calibrated on human labels. Coefficients, data and measured quality stand in `groundedness.json`, written by
`benchmarks/train_groundedness.py`.

What it cannot see: a wrong relation between right words ("A bought B" for "B bought A"), and true paraphrase, which it
holds for risk. It is biased between models, so a shift of its mean is a reason to label a few answers, not the size of
the drop. Sentence vectors beside these features do not make it better (`benchmarks/groundedness_vectors.py`).

Languages: trained and calibrated on English. Russian runs through the same features with a Russian stemmer. There are
no labelled answers in Russian to calibrate on. But three foreign words in a quoted sentence are found about as surely
as in English (AUROC .99, XQuAD; Spanish as well). Languages other than these two have no word weights of their own and
an English stemmer. There every inflected word that the passages do not have as such is risk. Answers in scripts without
spaces (Chinese, Japanese, Thai, …) are unscored, with that reason.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.errors import ModelFileError, UnscorableAnswer
from eval.quality.claims import Claim, find_claims
from eval.quality.features import FEATURES, PassageEvidence, measure, read_evidence

MODEL_FILE = Path(__file__).with_name("groundedness.json")
SCHEMA = 1
LOAD_OFFSET = 0.05


@dataclass(frozen=True, slots=True)
class ClaimRisk:
    """A claim of the answer as written, and the probability that the passages do not carry it."""

    text: str
    risk: float


@dataclass(frozen=True, slots=True)
class Groundedness:
    """The score of an answer, in [0, 1] and higher for better supported, with the risk of each claim."""

    score: float
    claims: tuple[ClaimRisk, ...]


@dataclass(frozen=True, slots=True)
class Coefficients:
    """The numbers of the formula in the module text; `weights` follow the order of `eval.quality.features.FEATURES`."""

    version: str
    weights: tuple[float, ...]
    intercept: float
    floor: float
    power: float
    linear: float
    calibration_intercept: float
    calibration_slope: float

    def risk(self, features: Sequence[float]) -> float:
        """Return the probability that a claim with these features is unsupported."""
        logit = self.intercept + math.fsum(w * x for w, x in zip(self.weights, features, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))

    def load(self, risks: Sequence[float]) -> float:
        """Return the summed risk of an answer's claims; 0 when every claim is as good as verbatim."""
        excess = (max(0.0, -math.log1p(-risk) - self.floor) for risk in risks)
        return math.fsum(value**self.power + self.linear * value for value in excess if value > 0)

    def probability(self, load: float) -> float:
        """Return the calibrated probability that an answer with this load is fully supported."""
        logit = self.calibration_intercept + self.calibration_slope * math.log(load + LOAD_OFFSET)
        return 1.0 / (1.0 + math.exp(logit))


class GroundednessProxy:
    """Score answers against their passages with coefficients read once."""

    def __init__(self, coefficients: Coefficients) -> None:
        self._coefficients = coefficients

    @classmethod
    def load(cls, path: Path | None = None) -> GroundednessProxy:
        """Read the coefficients shipped with this package, or those at `path`.

        :raises ModelFileError: the file is missing, damaged, or made for other features.
        """
        return cls(read_coefficients(path or MODEL_FILE))

    @property
    def version(self) -> str:
        """Name of the coefficients; scores of different versions must not be compared."""
        return self._coefficients.version

    def score(self, question: str, answer: str, contexts: Sequence[str]) -> float:
        """Return the probability, in [0, 1], that every claim of the answer is supported by the passages.

        :raises UnscorableAnswer: see `assess`.
        """
        return self.assess(question, answer, contexts).score

    def assess(self, question: str, answer: str, contexts: Sequence[str]) -> Groundedness:
        """Return the score with the risk of each claim, so that a reader sees which sentence is doubted.

        :raises UnscorableAnswer: there is no passage text, or the answer claims nothing or only says that the passages
            do not tell.
        """
        claims = scorable_claims(answer, contexts)
        evidence = read_evidence(question, contexts)
        risks = tuple(ClaimRisk(claim.text, self._risk(claim, evidence)) for claim in claims)
        load = self._coefficients.load([item.risk for item in risks])
        return Groundedness(self._coefficients.probability(load), risks)

    def _risk(self, claim: Claim, evidence: PassageEvidence) -> float:
        return self._coefficients.risk(measure(claim, evidence))


def read_coefficients(path: Path) -> Coefficients:
    """Read and check a file of coefficients.

    :raises ModelFileError: the file is missing, damaged, or made for other features.
    """
    try:
        stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        names = tuple(stored["features"])
        model = stored["model"]
        coefficients = Coefficients(version=str(stored["version"]), **{**model, "weights": tuple(model["weights"])})
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise ModelFileError(
            f"The groundedness coefficients at {path} cannot be read ({error!r}): reinstall silentdrift, or "
            "rerun the training."
        ) from error
    if stored.get("schema") != SCHEMA or names != tuple(name for name, _ in FEATURES):
        raise ModelFileError(
            f"The groundedness coefficients at {path} were made for schema {stored.get('schema')!r} and other "
            "features: rerun `python benchmarks/train_groundedness.py`."
        )
    return coefficients


def scorable_claims(answer: str, contexts: Sequence[str]) -> list[Claim]:
    """Return the claims of an answer.

    :raises UnscorableAnswer: it cannot be scored; see `GroundednessProxy.assess`.
    """
    if not any(text.strip() for text in contexts):
        raise UnscorableAnswer("no passage text to check the answer against")
    claims = find_claims(answer)
    if not claims:
        raise UnscorableAnswer("the answer makes no claim that could be checked")
    if all(claim.denial for claim in claims):
        raise UnscorableAnswer("the answer only says that the passages do not tell: an abstention has no groundedness")
    return claims
