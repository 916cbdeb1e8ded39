"""What the gate catches: faults planted in a pipeline on four corpora, and stale documentation; what it stops unduly.

Each system (accepted, and one per fault) answers all cases once, without a model; results are kept per case, and the
gate judges resamples of them. Run from the checkout, with the data sets in ``../shared/data``:

    python -m benchmarks.eval_power [--sets demo squad clapnq ru stale] [--runs 200]

Answers are cached in the system's temporary folder. Results go to benchmarks/results/eval_power.json, set by set.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.eval_corpora import CORPORA
from benchmarks.eval_faults import CACHE, faulty_systems, stale_version
from eval.gating import gate
from eval.intervals import share_interval
from eval.run import CaseResult, EvalRun
from eval.settings import EvalSettings

RESULTS = Path(__file__).parent / "results" / "eval_power.json"
SIZES = (50, 200, 1000)
WRONGED = (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4)
FLICKER = 0.05


def power(accepted: EvalRun, faulty: EvalRun, runs: int) -> dict[str, Any]:
    """Return how often the gate stops the faulty system, over resamples of the cases, and which metrics it named."""
    verdicts, named = [], []
    for seed in range(runs):
        outcome = gate(*_resampled(accepted, faulty, len(accepted.results), seed))
        verdicts.append(outcome.verdict)
        named += [item.metric for item in outcome.metrics if item.verdict == "regression"]
    return {
        "stopped": _share([verdict == "regression" for verdict in verdicts]),
        "change": _changes(accepted, faulty),
        "words_read": round(_words(faulty) / _words(accepted), 3),
        "passed": sum(verdict == "pass" for verdict in verdicts),
        "too_few": sum(verdict == "too_few" for verdict in verdicts),
        "named": {metric: named.count(metric) for metric in sorted(set(named))},
    }


def _changes(accepted: EvalRun, faulty: EvalRun) -> dict[str, float]:
    """Return by how much the mean of each gated metric really differs, over all cases."""
    outcome = gate(accepted, faulty)
    return {item.metric: round(item.difference.mean, 4) for item in outcome.metrics}


def _words(run: EvalRun) -> float:
    """Return how many words the contexts hold, on average."""
    return float(np.mean([item.values["context_words"] for item in run.results if "context_words" in item.values]))


def unchanged(accepted: EvalRun, other: EvalRun, runs: int) -> dict[str, Any]:
    """Judge the same system again: its answers as they are, and with a share of both runs swapped for another's.

    The second is an unchanged system that flickers: both runs draw their answers from the same two systems.
    """
    same = [gate(*_resampled(accepted, accepted, len(accepted.results), seed)).verdict for seed in range(runs)]
    flicker = []
    for seed in range(runs):
        rng = np.random.default_rng(10_000 + seed)
        pair = [_mixed(accepted, other, rng) for _ in range(2)]
        flicker.append(gate(*_resampled(*pair, len(accepted.results), seed)).verdict)
    return {
        "same answers": {name: same.count(name) for name in ("pass", "too_few", "regression")},
        "flicker": {name: flicker.count(name) for name in ("pass", "too_few", "regression")},
        "stopped": _share([verdict == "regression" for verdict in (*same, *flicker)]),
    }


def smallest(accepted: EvalRun, runs: int) -> list[dict[str, Any]]:
    """Make a share of the right answers wrong; find the smallest drop seen with power 0.8, and the printed one."""
    pool = [item for item in accepted.results if item.values.get("answer_match") is not None]
    mean = float(np.mean([item.values["answer_match"] for item in pool]))
    rows = []
    for size in SIZES:
        for metrics in (("answer_match",), EvalSettings().gated):
            stopped, printed = {}, []
            for drop in WRONGED:
                hits = 0
                for seed in range(runs):
                    rng = np.random.default_rng(seed)
                    drawn = [pool[place] for place in rng.integers(0, len(pool), size)]
                    old = replace(accepted, results=_renamed(drawn))
                    new = replace(accepted, results=_renamed([_hit(item, drop, rng) for item in drawn]))
                    outcome = gate(old, new, EvalSettings(metrics=metrics, seed=seed))
                    hits += outcome.verdict == "regression"
                    printed += [
                        item.minimum_detectable_drop
                        for item in outcome.metrics
                        if item.metric == "answer_match" and drop == WRONGED[0]
                    ]
                stopped[round(drop * mean, 4)] = hits / runs
                if hits >= 0.95 * runs:
                    break
            seen = next((drop for drop, share in stopped.items() if share >= 0.8), None)
            rows.append({
                "cases": size, "metrics": len(metrics), "seen_with_power_0.8": seen,
                "printed": round(float(np.mean(printed)), 4), "power_by_drop": stopped, "runs": runs,
            })  # fmt: skip
            print(f"  {size:>5} cases, {len(metrics)} metrics: sees {seen}, printed {rows[-1]['printed']}", flush=True)
    return rows


def _hit(item: CaseResult, drop: float, rng: np.random.Generator) -> CaseResult:
    """Make a right answer wrong with probability `drop`; the other metrics stay."""
    good = item.values["answer_match"] == 1.0
    return replace(item, values={**item.values, "answer_match": 0.0}) if good and rng.random() < drop else item


def _mixed(run: EvalRun, other: EvalRun, rng: np.random.Generator) -> EvalRun:
    pairs = zip(run.results, other.results, strict=True)
    return replace(run, results=tuple(new if rng.random() < FLICKER else old for old, new in pairs))


def _resampled(accepted: EvalRun, candidate: EvalRun, count: int, seed: int) -> tuple[EvalRun, EvalRun]:
    places = np.random.default_rng(seed).integers(0, len(accepted.results), count)
    return (
        replace(accepted, results=_renamed([accepted.results[place] for place in places])),
        replace(candidate, results=_renamed([candidate.results[place] for place in places])),
    )


def _renamed(results: Sequence[CaseResult]) -> tuple[CaseResult, ...]:
    return tuple(replace(item, case_id=f"{number}") for number, item in enumerate(results))


def _share(hits: Sequence[bool]) -> dict[str, Any]:
    interval = share_interval([float(hit) for hit in hits])
    assert interval is not None
    return {"share": interval.mean, "low": round(interval.low, 4), "high": round(interval.high, 4), "runs": len(hits)}


STALE = {
    "ollama v0.9.6 instead of v0.12.0": ("corpus_ollama_docs", "v0.9.6", "v0.12.0"),
    "ollama v0.5.7 instead of v0.12.0": ("corpus_ollama_docs", "v0.5.7", "v0.12.0"),
    "fastapi 0.100.0 instead of 2026-08": ("corpus_fastapi_docs", "0.100.0/en", "head-2026-08-21/en"),
    "NIST 800-63 rev. 3 instead of rev. 4": ("corpus_nist_800_63", "rev3", "rev4-draft"),
}


def stale(runs: int) -> dict[str, Any]:
    """Return how often an index of old documentation is stopped by cases drafted from the new one."""
    figures = {}
    for name, versions in STALE.items():
        accepted, old = stale_version(*versions)
        figures[name] = {
            "cases": len(accepted.results),
            "answered_otherwise": sum(
                was.answer != now.answer for was, now in zip(accepted.results, old.results, strict=True)
            ),
            **power(accepted, old, runs),
        }
        print(f"  {name}: {figures[name]}", flush=True)
    return figures


def measure(name: str, runs: int) -> dict[str, Any]:
    """Return all figures of one corpus."""
    corpus = CORPORA[name]()
    print(f"{name}: {len(corpus.documents)} documents, {len(corpus.cases)} cases", flush=True)
    pairs = faulty_systems(name, corpus)
    accepted, other = pairs["k 8 -> 1"]
    figures: dict[str, Any] = {"documents": len(corpus.documents), "cases": len(corpus.cases), "faults": {}}
    figures["means"] = {item.metric: item.accepted_mean for item in gate(accepted, accepted).metrics}
    for fault, (before, after) in pairs.items():
        figures["faults"][fault] = power(before, after, runs)
        share, change = figures["faults"][fault]["stopped"], figures["faults"][fault]["change"]
        spread = f"[{share['low']:.1%}, {share['high']:.1%}]"
        print(f"  {fault:28} stopped {share['share']:.1%} {spread} {change}", flush=True)
    figures["unchanged"] = unchanged(accepted, other, runs)
    print(f"  unchanged: {figures['unchanged']}", flush=True)
    if name == "squad":
        figures["smallest_effect"] = smallest(accepted, runs)
    return figures


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="*", default=[*CORPORA, "stale"], choices=[*CORPORA, "stale"])
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    CACHE.mkdir(exist_ok=True)
    for name in options.sets:
        kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        kept[name] = stale(options.runs) if name == "stale" else measure(name, options.runs)
        RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
