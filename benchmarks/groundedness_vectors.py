"""Would sentence vectors make the groundedness proxy better? Measured on RAGTruth QA, public half.

Each claim gets numbers that its vector and those of the passages' sentences give (`FEATURES`), beside the lexical ones,
and the proxy is trained as it is shipped, out of fold, folds by question. Questions are cut in two by a hash: features
are looked at on the half "choose", and whether they help is read from the half "confirm" alone. `window_z` is the mean
difference of llama-2-70b and llama-2-7b in standard errors of 200 answers each: what gives a report its power.
Differences between the two proxies carry the standard error of a bootstrap over questions.

They do not: on the half "confirm" AUROC gains .004 (standard error .004) and the window loses .32 standard errors (.17)
with all five; numbers from clauses, pairs of words, single words and a learned comparison of claim and nearest sentence
were tried apart from this script and did no better. The likely reason: a claim that says something new in the words of
its passages has a near vector, too. So there is no such tier.

Costs are at one thread. "cold" embeds the claims and every sentence of the passages, "warm" the claims alone.

Run from the checkout: ``python -m benchmarks.groundedness_vectors [--answers 200] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from benchmarks import train_groundedness as training
from benchmarks.train_groundedness import DATA, LARGE, SMALL, Example, Floats
from eval.quality.groundedness import GroundednessProxy, scorable_claims
from eval.quality.sentences import plain_sentences

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
FEATURES = (
    "1 - largest cosine to a sentence of the passages",
    "1 - largest cosine to two neighbouring sentences",
    "largest cosine less the second",
    "length outside the span of the three nearest sentences and the question",
    "largest cosine less that to the question",
)
WINDOW, DRAWS = 200, 500


@dataclass(frozen=True, slots=True)
class Texts:
    """What is embedded for one answer: its claims, the sentences of each passage, and the question."""

    claims: tuple[str, ...]
    passages: tuple[tuple[str, ...], ...]
    question: str


def half(source: str) -> str:
    """Return which half a question is in."""
    return "choose" if hashlib.sha256(f"choose:{source}".encode()).digest()[0] % 2 == 0 else "confirm"


def texts_of(row: Mapping[str, Any]) -> Texts:
    """Return the texts of a labelled answer.

    :raises UnscorableAnswer: it claims nothing.
    """
    claims = tuple(claim.text for claim in scorable_claims(row["response"], row["passages"]))
    return Texts(claims, tuple(tuple(plain_sentences(p)) for p in row["passages"]), row["question"])


def vectors_of(rows: Sequence[Mapping[str, Any]], embed: Embed) -> dict[str, Floats]:
    """Embed every text of the answers once."""
    found: dict[str, None] = {}
    for row in rows:
        texts = texts_of(row)
        found |= dict.fromkeys((*texts.claims, *(s for p in texts.passages for s in p), texts.question))
    known = sorted(found, key=len)
    return dict(zip(known, np.asarray(embed(known), float), strict=True))


def measure(texts: Texts, vector: Mapping[str, Floats]) -> Floats:
    """Return the numbers of `FEATURES`, one row a claim."""
    sentences = [[vector[sentence] for sentence in passage] for passage in texts.passages]
    single = np.array([row for passage in sentences for row in passage])
    double = np.array([a + b for passage in sentences for a, b in pairwise(passage)]).reshape(-1, single.shape[1])
    near = np.vstack([single, double / np.linalg.norm(double, axis=1, keepdims=True)])
    return np.array([_one(vector[claim], single, near, vector[texts.question]) for claim in texts.claims])


def _one(claim: Floats, single: Floats, near: Floats, question: Floats) -> tuple[float, ...]:
    cosines = single @ claim
    order = np.argsort(-cosines)
    best, second = cosines[order[0]], cosines[order[min(1, order.size - 1)]]
    basis, _ = np.linalg.qr(np.vstack([single[order[:3]], question]).T)
    outside = np.sqrt(max(0.0, 1.0 - float(np.sum((basis.T @ claim) ** 2))))
    return 1 - best, 1 - float((near @ claim).max()), best - second, outside, best - float(question @ claim)


def window_z(scores: Floats, models: NDArray[np.str_]) -> float:
    """Return the drop from the large to the small model in standard errors of two windows."""
    x, y = scores[models == LARGE], scores[models == SMALL]
    return float((x.mean() - y.mean()) / np.sqrt((x.var(ddof=1) + y.var(ddof=1)) / WINDOW))


def gains(kept: Sequence[Example], lexical: Mapping[str, float], other: Mapping[str, float]) -> dict[str, list[float]]:
    """Return the difference of each measure and its standard error, questions drawn anew."""
    rng, sources = np.random.default_rng(0), sorted({example.source for example in kept})
    places = {source: [row for row, e in enumerate(kept) if e.source == source] for source in sources}
    x, y = (np.array([scores[e.id] for e in kept]) for scores in (lexical, other))
    models, good = np.array([e.model for e in kept]), np.array([e.grounded for e in kept], float)
    kinds: dict[str, Callable[[Floats, NDArray[np.int64]], float]] = {
        "window_z": lambda s, rows: window_z(s[rows], models[rows]),
        "auroc": lambda s, rows: float(roc_auc_score(good[rows], s[rows])),
        "correlation": lambda s, rows: float(np.corrcoef(s[rows], good[rows])[0, 1]),
    }
    whole = np.arange(len(kept))
    drawn: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(DRAWS):
        rows = np.concatenate([places[source] for source in rng.choice(sources, len(sources))]).astype(np.int64)
        for name, kind in kinds.items():
            drawn[name].append(kind(y, rows) - kind(x, rows))
    return {
        name: [round(kind(y, whole) - kind(x, whole), 4), round(float(np.std(drawn[name])), 4)]
        for name, kind in kinds.items()
    }


def costs(rows: Sequence[Mapping[str, Any]], embed: Embed) -> dict[str, dict[str, float]]:
    """Return milliseconds an answer: the shipped proxy, and the vectors beside it."""
    proxy, took = GroundednessProxy.load(), dict[str, list[float]](lexical=[], cold=[], warm=[])
    for row in rows:
        texts = texts_of(row)
        began = time.perf_counter()
        proxy.score(row["question"], row["response"], row["passages"])
        scored = time.perf_counter()
        sentences = [sentence for passage in texts.passages for sentence in passage]
        known = dict(zip((*sentences, texts.question), np.asarray(embed([*sentences, texts.question])), strict=True))
        evidence = time.perf_counter()
        measure(texts, known | dict(zip(texts.claims, np.asarray(embed(texts.claims)), strict=True)))
        ended = time.perf_counter()
        for name, spent in (("lexical", scored - began), ("cold", ended - scored), ("warm", ended - evidence)):
            took[name].append(1000 * spent)
    return {
        name: {"median_ms": round(float(np.median(ms)), 2), "p95_ms": round(float(np.quantile(ms, 0.95)), 2)}
        for name, ms in took.items()
    }


def main() -> int:
    """Print the measurement as JSON."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=200, help="answers whose cost is measured")
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    if not DATA.exists():
        print(f"{DATA} is not here: this measurement needs the RAGTruth answers beside the checkout.")
        return 1
    from rag.embed.embedder import open_embedder

    embedder = open_embedder()
    kept = training.examples()
    ids = {example.id for example in kept}
    rows = {row["response_id"]: row for row in training.read_rows() if row["response_id"] in ids}
    cost = costs(list(rows.values())[: wanted.answers], embedder.embed)
    vector = vectors_of(list(rows.values()), embedder.embed)
    wider = [replace(e, claims=np.hstack([e.claims, measure(texts_of(rows[e.id]), vector)])) for e in kept]
    lexical = training.cross_validated_scores()
    both = training.cross_validated_scores(measured=wider, rising=(*training.RISING, *[False] * len(FEATURES)))
    found = {"embedder": embedder.id, "features": FEATURES, "cost": cost, "halves": {}}
    for name in ("choose", "confirm"):
        some = [example for example in kept if half(example.source) == name]
        found["halves"][name] = {
            "answers": len(some),
            "lexical": training.quality(lexical, some) | {"window_z": _z(some, lexical)},
            "with_vectors": training.quality(both, some) | {"window_z": _z(some, both)},
            "gain_and_standard_error": gains(some, lexical, both),
        }
    body = json.dumps(found, indent=1, ensure_ascii=False)
    print(body)
    if wanted.json:
        wanted.json.write_text(body + "\n", encoding="utf-8")
    return 0


def _z(kept: Sequence[Example], scores: Mapping[str, float]) -> float:
    return round(window_z(np.array([scores[e.id] for e in kept]), np.array([e.model for e in kept])), 2)


if __name__ == "__main__":
    sys.exit(main())
