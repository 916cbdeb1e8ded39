"""The scores against people: RAGTruth labels and mtRAG ratings: ``python -m benchmarks.blindness_people CACHE``.

Only the reporting part is used; today's lexical score is fitted anew on the learning part, so that both are judged
on answers they never saw.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from benchmarks.blindness_sets import Row, read
from benchmarks.blindness_vectors import KeptVectors
from benchmarks.train_groundedness import examples, fit, score_of
from eval.quality.knowledge import AnswerRecord, LogKnowledge
from eval.quality.scorer import DIMENSIONS, Scorer
from eval.quality.weights import Weights

RATED = ("faithfulness", "appropriateness", "completeness")


def ragtruth(scorer: Scorer) -> dict[str, Any]:
    """Return AUROC of carried answers over answers with spans, over all and within each answering model."""
    rows = [row for row in read("ragtruth_qa/answers.jsonl.gz") if _part(row["source_id"]) == "report"]
    lexical = _lexical()
    kept = [row for row in rows if row["response_id"] in lexical]
    good = np.array([not row["hallucinated"] for row in kept])
    models = np.array([row["model"] for row in kept])
    scored = [
        scorer.score(AnswerRecord(r["question"], r["response"], tuple(r["passages"])), LogKnowledge()) for r in kept
    ]
    scores = {"lexical": np.array([lexical[row["response_id"]] for row in kept])}
    for name in DIMENSIONS:
        scores[name] = np.array([np.nan if (v := s.dimensions[name].value) is None else v for s in scored])
    scores["carried"] = np.array([dict(s.dimensions["support"].parts).get("carried", np.nan) for s in scored])
    scores["kept"] = np.array([dict(s.dimensions["support"].parts).get("kept", np.nan) for s in scored])
    scores["quality"] = np.array([np.nan if s.quality is None else s.quality for s in scored])
    return {"answers": len(kept)} | {name: _within(held, good, models) for name, held in scores.items()}


def mtrag(scorer: Scorer) -> dict[str, Any]:
    """Return rank correlations of each score with people's mean ratings, last question of each conversation."""
    rows = [row for row in read("mtrag_human/answers.jsonl.gz") if row["passages"]]
    scored = [
        scorer.score(
            AnswerRecord(row["history"][-1]["text"], row["response"], tuple(p["text"] for p in row["passages"])),
            LogKnowledge(),
        )
        for row in rows
    ]
    found: dict[str, Any] = {"answers": len(rows)}
    for name in (*DIMENSIONS, "quality"):
        values = [item.quality if name == "quality" else item.dimensions[name].value for item in scored]
        kept = [at for at, value in enumerate(values) if value is not None]
        found[name] = {
            rated: round(
                float(spearmanr([values[at] for at in kept], [rows[at]["human_mean"][rated] for at in kept])[0]), 3
            )
            for rated in RATED
        }
    return found


def _lexical() -> dict[str, float]:
    model = fit([example for example in examples() if _part(example.source) == "learn"])
    return {example.id: score_of(model, example) for example in examples() if _part(example.source) == "report"}


def _part(group: str) -> str:
    return Row("", group, "", "", "", "", ()).part


def _within(scores: np.ndarray[Any, Any], good: np.ndarray[Any, Any], models: Sequence[str]) -> dict[str, Any]:
    named = ~np.isnan(scores)
    found: dict[str, Any] = {
        "scored": int(named.sum()),
        "all": round(float(roc_auc_score(good[named], scores[named])), 3),
    }
    for model in sorted(set(models)):
        own = named & (np.array(models) == model)
        found[model] = round(float(roc_auc_score(good[own], scores[own])), 3)
    found["mean within"] = round(float(np.mean([found[model] for model in sorted(set(models))])), 3)
    return found


if __name__ == "__main__":
    made = Scorer(Weights.read(), KeptVectors(Path(sys.argv[1]) / "vectors.sqlite"))
    results = {"ragtruth": ragtruth(made), "mtrag": mtrag(made)}
    (Path(sys.argv[1]) / "people.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))
