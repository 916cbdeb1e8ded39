"""Error bars against human labels, judges that misbehave, and what an evaluation costs in time.

1. Coverage: intervals of means and of paired differences on RAGTruth and mtRAG, resampled; the truth is in all rows.
2. Calibration: the published ragas faithfulness of mtRAG answers, corrected by a few labels, beside the human mean.
3. Judges: five metrics of ragas for real against good, slow, garbled, refusing … judges on loopback.
4. Time: 500 cases without a judge, on the demo corpus.

Run from the checkout, with the data sets in ``../shared/data``:

    python -m benchmarks.eval_judge [--parts coverage calibration judges time]

Results go to benchmarks/results/eval_judge.json, part by part.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.eval_corpora import ROOT, rows_of
from data.cases import load_cases, write_cases
from eval.intervals import difference_interval, share_interval
from eval.judge.anchors import Anchor, Calibration, corrected_share
from eval.judge.cache import JudgeCache
from eval.judge.calibration import agreement
from eval.judge.judge import Judge, JudgeSettings
from eval.judge.metrics import JUDGED
from eval.run import JudgeInput
from pipelines.evaluation.run import EvaluationRequest, evaluate_cases
from pipelines.index.ingest import ingest_paths
from pipelines.loopback import Behaviour, Loopback
from pipelines.wiring.workspace import init_workspace, open_workspace

RESULTS = Path(__file__).parent / "results" / "eval_judge.json"
DRAWS = 1000


def coverage() -> dict[str, Any]:
    """Return how often 95 % intervals hold the mean of all rows, for means and paired differences of human labels."""
    good: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows_of("ragtruth_qa/answers.jsonl.gz"):
        good[row["model"]][row["source_id"]] = float(not row["hallucinated"])
    rated: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows_of("mtrag_human/answers.jsonl.gz"):
        rated[row["model"]][row["task_id"]] = (row["human_mean"]["faithfulness"] - 1) / 3
    figures: dict[str, Any] = {}
    for name, table, models in (
        ("ragtruth 70b", good, ("llama-2-70b-chat",)),
        ("ragtruth 7b - 70b", good, ("llama-2-70b-chat", "llama-2-7b-chat")),
        *((f"mtrag {model}", rated, (model,)) for model in sorted(rated)),
        *((f"mtrag {second} - {first}", rated, (first, second)) for first, second in _pairs(sorted(rated))),
    ):
        keys = sorted(set.intersection(*(set(table[model]) for model in models)))
        values = np.array([table[models[-1]][key] - (table[models[0]][key] if len(models) > 1 else 0) for key in keys])
        for size in (50, 200):
            figures[f"{name}, n = {size}"] = _covered(values, size, paired=len(models) > 1)
            print(f"  {name:40} n = {size:<4} {figures[f'{name}, n = {size}']}", flush=True)
    return figures


def _covered(values: Any, size: int, *, paired: bool) -> dict[str, Any]:
    truth, rng = float(values.mean()), np.random.default_rng(0)
    hits, widths = 0, []
    for _ in range(DRAWS):
        drawn = values[rng.integers(0, len(values), size)].tolist()
        interval = difference_interval(drawn) if paired else share_interval(drawn)
        assert interval is not None
        hits += interval.low - 1e-12 <= truth <= interval.high + 1e-12
        widths.append(interval.high - interval.low)
    return {
        "covered": hits / DRAWS,
        "width": round(float(np.mean(widths)), 4),
        "truth": round(truth, 4),
        "draws": DRAWS,
    }


def calibration() -> dict[str, Any]:
    """Return agreement of ragas with people on mtRAG, and the corrected share of good answers from 100 labels."""
    rows = [row for row in rows_of("mtrag_human/answers.jsonl.gz") if _usable(row)]
    judged = np.array([float(row["auto"]["rl_f"]) for row in rows])
    human = np.array([(row["human_mean"]["faithfulness"] - 1) / 3 for row in rows])
    figures: dict[str, Any] = {
        "answers": len(rows),
        "judge_mean": float(judged.mean()),
        "human_mean": float(human.mean()),
    }
    known = agreement(judged.tolist(), human.tolist())
    figures["agreement"] = {name: getattr(known, name) for name in known.__slots__}
    figures["share of good answers, 100 labels"] = _shares(judged, human, 100)
    print(json.dumps(figures, indent=1), flush=True)
    return figures


def _shares(judged: Any, human: Any, labels: int) -> dict[str, Any]:
    truth, rng = float((human > 0.5).mean()), np.random.default_rng(2)
    found, none = [], 0
    for _ in range(200):
        drawn = rng.integers(0, len(human), len(human))
        anchors = tuple(Anchor(JudgeInput("", "", "", ()), human[p], judged[p]) for p in drawn[:labels])
        share = corrected_share(judged[drawn[labels:]].tolist(), Calibration("faithfulness", "", anchors))
        none += share is None
        found += [share] if share else []
    return {
        "truth": truth,
        "raw_judge_share": float((judged > 0.5).mean()),
        "mean_estimate": round(float(np.mean([item.mean for item in found])), 4) if found else None,
        "covered": sum(item.low <= truth <= item.high for item in found) / max(1, len(found)),
        "width": round(float(np.mean([item.high - item.low for item in found])), 4) if found else None,
        "not_told": none,
        "draws": 200,
    }


JUDGE_KINDS = {
    "good": Behaviour(),
    "without JSON mode": Behaviour(fault="rejects_response_format"),
    "slow": Behaviour(latency_ms=5000),
    "garbage": Behaviour(fault="garbage_json"),
    "prose": Behaviour(fault="ignores_response_format"),
    "refusing": Behaviour(refuse_rate=1.0),
    "empty lists": Behaviour(judges="emptily"),
    "off the scale": Behaviour(judges="off_scale"),
    "HTTP 500": Behaviour(http_500=10**9),
}


def judges() -> dict[str, Any]:
    """Return what comes of 24 answers judged with each metric of ragas by each kind of judge."""
    figures: dict[str, Any] = {}
    for metric in JUDGED:
        for kind, behaviour in JUDGE_KINDS.items():
            figures[f"{metric}, {kind}"] = _judged(metric, behaviour)
            print(f"  {metric}, {kind}: {figures[f'{metric}, {kind}']}", flush=True)
    return figures


def _judged(metric: str, behaviour: Behaviour) -> dict[str, Any]:
    """Judge 24 answers, each half right; then again with what was remembered."""
    samples = [
        JudgeInput(
            f"{n}",
            f"When does ferry {n} leave?",
            f"The ferry leaves at {n}. Cats drive the ship.",
            (f"The ferry leaves at {n}.", "Snow falls."),
            f"The ferry leaves at {n}.",
        )
        for n in range(24)
    ]
    timeout = 1.0 if behaviour.latency_ms else 60.0
    with Loopback(behaviour) as server, tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache.jsonl"
        settings = JudgeSettings(
            server.url, "loopback", metrics=(metric,), embedding_model="e", timeout_s=timeout, retries=1
        )
        judge = Judge(settings, JudgeCache(cache))
        estimated, started = judge.estimate(samples), time.perf_counter()
        scores = judge.score(samples)
        seconds_taken, asked = time.perf_counter() - started, _chats(server)
        again = Judge(settings, JudgeCache(cache)).score(samples)
        second = _chats(server) - asked
    values = [score.value for score in scores if score.value is not None]
    return {
        "answers": len(samples), "scored": len(values), "unscored_rate": 1 - len(values) / len(samples),
        "mean": round(float(np.mean(values)), 4) if values else None,
        "nan_in_values": sum(math.isnan(value) for value in values), "seconds": round(seconds_taken, 1),
        "requests_estimated": estimated.requests, "requests": asked, "requests_per_answer": asked / len(samples),
        "requests_second_run": second,
        "same_second_run": [score.value for score in again] == [score.value for score in scores],
        "reasons": sorted({score.reason[:80] for score in scores if score.reason}),
    }  # fmt: skip


def _chats(server: Loopback) -> int:
    return sum(request.path.endswith("/chat/completions") for request in server.requests)


def timed() -> dict[str, Any]:
    """Return wall and processor time of 500 cases without a judge: those of the demo corpus, asked again and again."""
    demo = ROOT / "data" / "demo"
    cases = load_cases(demo / "cases.v1.jsonl")
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "w"
        shutil.copytree(demo / "v1", folder / "corpus")
        init_workspace(folder)
        ingest_paths(open_workspace(folder), [folder / "corpus"])
        turns = [(n, cases[n % len(cases)]) for n in range(500)]
        many = [replace(case, id=f"{n}", question=f"{case.question} ({n})") for n, case in turns]
        write_cases(folder / "cases.jsonl", many)
        for concurrency in (4, 1):
            before, started = _processor(), time.perf_counter()
            evaluate_cases(open_workspace(folder), EvaluationRequest(folder / "cases.jsonl", concurrency=concurrency))
            figures[f"concurrency {concurrency}"] = {
                "cases": 500,
                "wall_s": round(time.perf_counter() - started, 1),
                "processor_s": round(_processor() - before, 1),
            }
            print(f"  {concurrency} at a time: {figures[f'concurrency {concurrency}']}", flush=True)
    return figures


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _usable(row: dict[str, Any]) -> bool:
    value = row["auto"].get("rl_f")
    return value is not None and math.isfinite(float(value)) and row["human_mean"].get("faithfulness") is not None


def _pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(first, second) for place, first in enumerate(names) for second in names[place + 1 :]]


PARTS = {"coverage": coverage, "calibration": calibration, "judges": judges, "time": timed}


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=list(PARTS))
    for part in parser.parse_args().parts:
        print(part, flush=True)
        figures = PARTS[part]()
        kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        kept[part] = figures
        RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
