"""Train the groundedness proxy on the public half of RAGTruth QA and write `eval/quality/groundedness.json`.

A sign-constrained logistic regression over claims (human spans say which are unsupported), then a calibration over
answers. Everything reported is out of fold, folds grouped by source_id. Run from the checkout:
``PYTHONPATH=. python benchmarks/train_groundedness.py`` (add ``--check`` to measure without writing).

Why `POWER` is 0.18 and `LINEAR` 0.5: they were chosen on window means, not on single answers. With power 1 the score
ranks single answers best (AUROC 0.80) but sees only 0.05 of the true 0.155 drop from llama-2-70b to llama-2-7b; as
chosen it sees 0.087 and costs 0.03 AUROC. Without the linear part one plainly invented sentence alone would still
score 0.7. `FLOOR` keeps verbatim and boilerplate sentences from adding anything. Part of what the score then sees is
that longer answers make more claims that are not verbatim; such answers were labelled hallucinated more often within
each model, too.

Tried and left out, features looked at on half of the questions and judged on the other half: order within the passage's
sentence, skipped pairs, place in the answer, words of the question, words of inference, marks of style, new weight in
the other claims, claims cut at clauses, boosted trees. The best that does not merely count claims (new weight in the
other claims and words of inference) gained .005 AUROC (standard error .002) and .15 standard errors of a window (.11)
there: too little to make every score already logged incomparable. What sees more of the swap only counts claims: the
length of the answer alone sees it best of all, and says least about support.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import ttest_ind
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score

from data.records import content_hash
from eval.errors import UnscorableAnswer
from eval.quality.claims import RULES
from eval.quality.features import FEATURES, measure, read_evidence
from eval.quality.groundedness import LOAD_OFFSET, MODEL_FILE, SCHEMA, Coefficients, scorable_claims

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "ragtruth_qa" / "answers.jsonl.gz"
FLOOR, POWER, LINEAR, RIDGE, FOLDS = 0.015, 0.18, 0.5, 1.0, 10
LARGE, SMALL = "llama-2-70b-chat", "llama-2-7b-chat"
RISING = tuple(meaning.startswith("+") for _, meaning in FEATURES)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled answer; `claims` is (claims x features), `unsupported` says which claims touch a human span."""

    id: str
    source: str
    model: str
    grounded: bool
    claims: Floats
    unsupported: NDArray[np.bool_]


def read_rows() -> list[dict[str, Any]]:
    """Read the labelled answers of the public half."""
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """Measure the claims of every answer; answers that cannot be scored (abstentions) are left out."""
    return tuple(filter(None, map(_example, read_rows())))


def _example(row: dict[str, Any]) -> Example | None:
    try:
        claims = scorable_claims(row["response"], row["passages"])
    except UnscorableAnswer:
        return None
    evidence = read_evidence(row["question"], row["passages"])
    spans = [(label["start"], label["end"]) for label in row["labels"]]
    touched, place = [], 0
    for claim in claims:
        start = max(place, _find(row["response"], claim.text, place))
        end, place = start + len(claim.text), start + 1
        touched.append(any(min(end, b) - max(start, a) >= min(8, b - a) for a, b in spans))
    features = np.array([measure(claim, evidence) for claim in claims], float)
    return Example(
        row["response_id"], row["source_id"], row["model"], not row["hallucinated"], features, np.array(touched, bool)
    )


def _find(text: str, claim: str, place: int) -> int:
    """Find where a claim, freed of markdown, begins in the answer as written."""
    found = (text.find(claim[:length], place) for length in (25, 8, 4))
    return next((start for start in found if start >= 0), place)


def fit(train: Sequence[Example], rising: Sequence[bool] = RISING) -> Coefficients:
    """Fit claim weights and answer calibration on labelled answers; a `rising` feature can only raise a risk."""
    x = np.vstack([example.claims for example in train])
    y = np.concatenate([example.unsupported for example in train]).astype(float)
    mean, scale = x.mean(0), x.std(0) + 1e-9
    weights, intercept = _fit_claims((x - mean) / scale, y, rising)
    raw = Coefficients(
        "", tuple(weights / scale), float(intercept - weights @ (mean / scale)), FLOOR, POWER, LINEAR, 0.0, 0.0
    )
    loads = np.array([[np.log(load_of(raw, example) + LOAD_OFFSET)] for example in train])
    calibration = LogisticRegression(C=100.0).fit(loads, [not example.grounded for example in train])
    slope, start = float(calibration.coef_[0, 0]), float(calibration.intercept_[0])
    return Coefficients("", raw.weights, raw.intercept, FLOOR, POWER, LINEAR, start, slope)


def _fit_claims(x: Floats, y: Floats, rising: Sequence[bool]) -> tuple[Floats, float]:
    def loss(theta: Floats) -> tuple[float, Floats]:
        logit = x @ theta[:-1] + theta[-1]
        residual = 1.0 / (1.0 + np.exp(-logit)) - y
        value = np.sum(np.logaddexp(0.0, logit) - y * logit) + 0.5 * RIDGE * theta[:-1] @ theta[:-1]
        return float(value), np.append(x.T @ residual + RIDGE * theta[:-1], residual.sum())

    bounds = [(0.0 if up else None, None) for up in rising] + [(None, None)]
    theta = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    return theta[:-1], float(theta[-1])


def load_of(model: Coefficients, example: Example) -> float:
    """Return the summed risk of one measured answer."""
    return model.load([model.risk(features) for features in example.claims])


def score_of(model: Coefficients, example: Example) -> float:
    """Return the groundedness of one measured answer."""
    return model.probability(load_of(model, example))


def cross_validated_scores(
    seed: int = 0, measured: Sequence[Example] = (), rising: Sequence[bool] = RISING
) -> dict[str, float]:
    """Return response_id to groundedness, each scored by a model that saw no answer to the same question.

    Answers that cannot be scored are absent. `measured` are examples with other features than the shipped ones.
    """
    kept = measured or examples()
    sources = sorted({example.source for example in kept})
    fold = dict(zip(sources, np.random.default_rng(seed).permutation(len(sources)) % FOLDS, strict=True))
    return _held_out(kept, lambda example: int(fold[example.source]), rising)


def leave_one_model_out_scores() -> dict[str, float]:
    """Return response_id to groundedness, each scored by a model that saw no answer of the same author."""
    return _held_out(examples(), lambda example: example.model)


def _held_out(
    kept: Sequence[Example], group_of: Callable[[Example], object], rising: Sequence[bool] = RISING
) -> dict[str, float]:
    scores: dict[str, float] = {}
    for group in sorted({group_of(example) for example in kept}, key=str):
        model = fit([example for example in kept if group_of(example) != group], rising)
        scores |= {example.id: score_of(model, example) for example in kept if group_of(example) == group}
    return scores


def alarm_rates(scores: dict[str, float], other: str, resamples: int = 2000, size: int = 200) -> tuple[float, float]:
    """Return how often Welch's test at 1 % calls `other` worse than llama-2-70b: one-sided and two-sided.

    Windows are `size` answers each to different questions.
    """
    by_model = {name: {e.source: scores[e.id] for e in examples() if e.model == name} for name in (LARGE, other)}
    sources = sorted(by_model[LARGE].keys() & by_model[other].keys())
    rng, one, two = np.random.default_rng(1), 0, 0
    for _ in range(resamples):
        drawn = rng.permutation(sources)
        test = ttest_ind(
            [by_model[LARGE][s] for s in drawn[:size]],
            [by_model[other][s] for s in drawn[size : 2 * size]],
            equal_var=False,
        )
        one += test.statistic > 0 and test.pvalue / 2 < 0.01
        two += test.statistic > 0 and test.pvalue < 0.01
    return round(one / resamples, 4), round(two / resamples, 4)


def quality(scores: dict[str, float], some: Sequence[Example] = ()) -> dict[str, Any]:
    """Measure held-out scores against the human labels, of all answers or of `some`."""
    kept = some or examples()
    s, y = np.array([scores[e.id] for e in kept]), np.array([e.grounded for e in kept], float)
    models = np.array([e.model for e in kept])
    bins = np.minimum((s * 10).astype(int), 9)
    gaps = [abs(s[bins == b].mean() - y[bins == b].mean()) * np.mean(bins == b) for b in np.unique(bins)]
    return {
        "answers_scored": len(kept),
        "auroc": round(float(roc_auc_score(y, s)), 4),
        "f1_hallucinated": round(
            max(float(f1_score(1 - y, s < cut)) for cut in np.quantile(s, np.linspace(0.05, 0.95, 91))), 4
        ),
        "brier": round(float(np.mean((s - y) ** 2)), 4),
        "correlation": round(float(np.corrcoef(s, y)[0, 1]), 4),
        "ece": round(float(sum(gaps)), 4),
        "bias_by_model": {m: round(float((s - y)[models == m].mean()), 4) for m in sorted(set(models))},
        "mean_by_model": {m: round(float(s[models == m].mean()), 4) for m in sorted(set(models))},
    }


def main() -> None:
    """Measure, fit on everything, and write the file of coefficients."""
    scores = cross_validated_scores()
    measured = {
        "cross_validated": quality(scores),
        "leave_one_model_out": quality(leave_one_model_out_scores()),
        "alarm_rate_70b_to_7b_one_two_sided": alarm_rates(scores, SMALL),
        "alarm_rate_70b_to_70b_one_two_sided": alarm_rates(scores, LARGE),
    }
    print(json.dumps(measured, indent=2))
    if "--check" not in sys.argv:
        _write(fit(examples()), measured)


def _write(model: Coefficients, measured: dict[str, Any]) -> None:
    names = ("intercept", "floor", "power", "linear", "calibration_intercept", "calibration_slope")
    numbers = {"weights": [round(w, 6) for w in model.weights]} | {n: round(getattr(model, n), 6) for n in names}
    stored = {
        "schema": SCHEMA,
        "version": f"lexical-{content_hash(json.dumps(numbers | {'rules': RULES}))[:8]}",
        "features": [name for name, _ in FEATURES],
        "model": numbers,
        "trained": {
            "data": "RAGTruth QA, public half: 1,912 answers of 4 models to 478 questions, human span labels",
            "licence": "RAGTruth is MIT; its passages (MS MARCO) are not shipped, only these coefficients",
            "source": "github.com/Tomsawyerhu/LRP4RAG at c4396d78efccfa0c3be21d4995d6ff0089ef98f1",
            "script": "benchmarks/train_groundedness.py",
            "date": "2026-11-30",
        },
        "measured_out_of_fold": measured,
    }
    MODEL_FILE.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {MODEL_FILE.name} {stored['version']}")


if __name__ == "__main__":
    main()
