"""Learn the weights of `eval/quality/weights.json` on the learning part: ``python -m benchmarks.blindness_fit CACHE``.

Relevance: healthy answers against answers beside the question. Holds: answerable against unanswerable questions and
passages of other questions. Support: people's spans in RAGTruth, and names, figures and negations planted in claims.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from benchmarks.blindness_losses import LOSSES
from benchmarks.blindness_sets import Row, healthy, read
from benchmarks.blindness_vectors import KeptVectors
from benchmarks.train_groundedness import Example, Floats, _find, fit
from eval.quality.drawn import draws, read_ground
from eval.quality.relevance import UnitEmbedder, relevance
from eval.quality.support import RISING, claim_support
from eval.quality.weights import WEIGHTS_FILE

BESIDE = ("wrong sentence", "wrong passages", "one passage", "foreign sentence")
CHANGED = ("numbers", "years", "name of same passages", "name from elsewhere", "negation")
ROWS = 400
PLANTED = 250


def learning(name: str, rows: int, seed: int = 0) -> list[Row]:
    """Return a sample of the learning part of a set."""
    kept = [row for row in healthy(name) if row.part == "learn"]
    random.Random(seed).shuffle(kept)
    return kept[:rows]


def fit_relevance(
    sets: Sequence[list[Row]], embed: UnitEmbedder | None
) -> tuple[dict[str, Any], dict[str, Any], float]:
    """Fit the chance that an answer addresses its question, and the chance that passages hold an answer."""
    rng = random.Random(1)
    x, y, held, holds, nothing = [], [], [], [], []
    for rows in sets:
        for row in rows:
            spoilt = [LOSSES[kind](row, rows, rng) for kind in rng.sample(BESIDE, 2)] if row.answerable else []
            for good, item in [(True, row), *((False, other) for other in spoilt if other)]:
                ground = read_ground(item.question, item.passages)
                found = relevance(item.question, ground, draws(item.answer, ground), embed)
                if item is row or item.passages != row.passages:
                    held.append(found.holds)
                    holds.append(good and row.answerable)
                if not row.answerable:
                    continue
                if found.features is None:
                    nothing.append(good)
                else:
                    x.append(found.features)
                    y.append(good)
    chance = _logistic(x, y)
    return chance, _logistic(held, holds), float((sum(nothing) + 1) / (len(nothing) + 10))


def fit_support(sets: Sequence[list[Row]]) -> dict[str, Any]:
    """Fit the risk of a claim and calibrate answers on people's labels; learn changed claims from planted ones."""
    model = fit([example for row in read("ragtruth_qa/answers.jsonl.gz") if (example := labelled(row))], RISING)
    return {
        "claim": {"weights": list(model.weights), "intercept": model.intercept},
        "load": [model.floor, model.power, model.linear],
        "calibration": [model.calibration_intercept, model.calibration_slope],
        "changed": fit_changed(sets),
    }


def fit_changed(sets: Sequence[list[Row]]) -> dict[str, Any]:
    """Fit the chance that a claim was changed: planted changes against the claims as they were, each set alike."""
    rng = random.Random(2)
    x: list[Sequence[float]] = []
    y: list[bool] = []
    for rows in sets:
        answerable = [row for row in rows if row.answerable]
        for kind in CHANGED:
            for row in rng.sample(answerable, min(PLANTED // len(CHANGED), len(answerable))):
                if other := LOSSES[kind](row, rows, rng):
                    before, after = (
                        claim_support(row.question, item.answer, row.passages, read_ground(row.question, row.passages))
                        for item in (row, other)
                    )
                    known = {claim.text for claim in before}
                    changed = [claim.kept for claim in after if claim.text not in known]
                    x += [claim.kept for claim in before] + changed
                    y += [False] * len(before) + [True] * len(changed)
    return _logistic(x, y, balanced=False)


def labelled(row: dict[str, Any], part: str = "learn") -> Example | None:
    """Measure the claims of one answer that people labelled, and which of them touch a span."""
    item = Row(row["response_id"], row["source_id"], "en", "", row["question"], row["response"], tuple(row["passages"]))
    if item.part != part:
        return None
    claims = claim_support(item.question, item.answer, item.passages, read_ground(item.question, item.passages))
    if not claims or all(claim.denial for claim in claims):
        return None
    spans = [(label["start"], label["end"]) for label in row["labels"]]
    touched, place = [], 0
    for claim in claims:
        start = max(place, _find(item.answer, claim.text, place))
        end, place = start + len(claim.text), start + 1
        touched.append(any(min(end, b) - max(start, a) >= min(8, b - a) for a, b in spans))
    features = np.array([claim.features for claim in claims], float)
    return Example(item.id, item.group, row["model"], not row["hallucinated"], features, np.array(touched, bool))


def _logistic(x: Sequence[Sequence[float]], y: Sequence[bool], *, balanced: bool = True) -> dict[str, Any]:
    """Fit a logistic regression whose weights are 0 or more; balanced, both classes weigh alike."""
    table, told = np.array(x, float), np.array(y, float)
    mean, scale = table.mean(0), table.std(0) + 1e-6
    z, share = (table - mean) / scale, told.mean()
    weight = np.where(told > 0, 0.5 / share, 0.5 / (1 - share)) if balanced else np.ones(len(told))

    def loss(theta: Floats) -> tuple[float, Floats]:
        logit = z @ theta[:-1] + theta[-1]
        residual = weight * (1.0 / (1.0 + np.exp(-logit)) - told)
        value = np.sum(weight * (np.logaddexp(0.0, logit) - told * logit)) + 0.5 * theta[:-1] @ theta[:-1]
        return float(value), np.append(z.T @ residual + theta[:-1], residual.sum())

    bounds = [(0.0, None)] * z.shape[1] + [(None, None)]
    theta = minimize(loss, np.zeros(z.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = theta[:-1] / scale * (table.std(0) > 1e-9)
    return {"weights": [round(float(w), 5) for w in weights], "intercept": round(float(theta[-1] - weights @ mean), 5)}


def main(cache: Path) -> None:
    """Fit all and write the file."""
    embed = KeptVectors(cache / "vectors.sqlite")
    squad, ragtruth, russian = (learning(name, ROWS) for name in ("squad", "ragtruth", "xquad-ru"))
    vectors, holds_vectors, nothing = fit_relevance([squad, ragtruth], embed)
    words, holds_words, _ = fit_relevance([squad, ragtruth, russian], None)
    found = {
        "version": "planted-2",
        "relevance": {"vectors": vectors, "words": words},
        "holds": {"vectors": holds_vectors, "words": holds_words},
        "nothing_drawn": round(nothing, 4),
        **fit_support([squad, ragtruth, russian]),
    }
    WEIGHTS_FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
