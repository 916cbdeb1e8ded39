"""Verdicts and causes of `drift.compare` on other real silent drifts, and on changes that must not alert.

Run from the checkout: ``python -m benchmarks.drift_scenarios [--resamples 40] [--only TEXT] [--json FILE]``.
Resamples of one scenario share questions, so their intervals are narrower than those of fresh data would be.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.drift_sets import (
    NOW,
    SHARED,
    STYLES,
    Windows,
    financebench,
    judge_change,
    llmdrift,
    realtimeqa,
    squad,
    styled,
)
from benchmarks.rates import interval
from drift.comparison import compare
from drift.settings import DriftSettings


@dataclass(frozen=True, slots=True)
class Scenario:
    """A way to draw two windows and what a good monitor says of them."""

    name: str
    draw: Windows
    verdict: str
    cause: str


@dataclass(frozen=True, slots=True)
class Result:
    """How often verdict and first cause were as expected."""

    scenario: str
    resamples: int
    expected: str
    right_verdict: float
    low: float
    high: float
    verdicts: dict[str, int]
    causes: dict[str, int]
    seconds: float


def scenarios() -> Iterator[Scenario]:
    """List the rows of the table."""
    yield Scenario(
        "LLMDrift primes, gpt-4 March → June, 100 canaries",
        llmdrift("gpt-4-0314", "gpt-4-0613", 100, True),
        "silent_drift",
        "model_change",
    )
    yield Scenario(
        "LLMDrift primes, gpt-4 March vs itself, 200 vs 200",
        llmdrift("gpt-4-0314", "gpt-4-0314", 200, False),
        "no page",
        "none",
    )
    for model in ("BERT", "BiDAF", "nlnet"):
        yield Scenario(f"SQuAD {model} vs itself, 400 vs 400", squad(model, model, 400), "no page", "none")
    yield Scenario("SQuAD BERT → BiDAF, 400 vs 400", squad("BERT", "BiDAF", 400), "silent_drift", "generation")
    yield Scenario(
        "SQuAD nlnet, harder articles asked, 400 vs 400", squad("nlnet", "nlnet", 400, mix=True), "no page", "mix_shift"
    )
    yield Scenario(
        "SQuAD nlnet, harder articles asked, 200 vs 200", squad("nlnet", "nlnet", 200, mix=True), "no page", "mix_shift"
    )
    periods = (("2022/06", "2023/01"), ("2023/03", "2023/10"))
    yield Scenario(
        "RealTimeQA GPT-3 + search, 2022 → 2023, 250 vs 250",
        realtimeqa("open_gpt3_gcs", *periods, 250),
        "silent_drift",
        "retrieval",
    )
    yield Scenario(
        "RealTimeQA GPT-3 + search, 2022 vs itself, 200 vs 200",
        realtimeqa("open_gpt3_gcs", periods[0], periods[0], 200),
        "no page",
        "none",
    )
    yield Scenario(
        "RealTimeQA closed-book GPT-3, 2022 → 2023, 250 vs 250",
        realtimeqa("closed_gpt3", *periods, 250),
        "silent_drift",
        "any",
    )
    yield Scenario(
        "FinanceBench gpt-4 turbo, single → shared store, 75",
        financebench("gpt-4-1106-preview_singleStore", "gpt-4-1106-preview_sharedStore", 75),
        "silent_drift",
        "any",
    )
    yield Scenario(
        "FinanceBench claude-2, prompt order, 75",
        financebench("claude-2_inContext_reverse", "claude-2_inContext", 75),
        "silent_drift",
        "any",
    )
    yield Scenario(
        "FinanceBench gpt-4 turbo, single → shared store, index on record",
        financebench(
            "gpt-4-1106-preview_singleStore", "gpt-4-1106-preview_sharedStore", 75, recorded="index_generation"
        ),
        "silent_drift",
        "index_change",
    )
    yield Scenario(
        "FinanceBench claude-2, prompt order, prompt on record",
        financebench("claude-2_inContext_reverse", "claude-2_inContext", 75, recorded="prompt_version"),
        "silent_drift",
        "prompt_change",
    )
    yield Scenario(
        "FinanceBench gpt-4 turbo, single store vs itself, 40 vs 40",
        financebench("gpt-4-1106-preview_singleStore", "gpt-4-1106-preview_singleStore", 40, same=False),
        "no page",
        "none",
    )
    for style in STYLES:
        yield Scenario(f"style only: {style}, 200 vs 200", styled(style, 200), "no page", "none")
    yield Scenario(
        "judge stricter by 0.1, anchors in both, 200 vs 200", judge_change(200, 0.1), "no page", "judge_drift"
    )


def measure(scenario: Scenario, resamples: int) -> Result:
    """Compare the windows of every resample."""
    began = time.perf_counter()
    verdicts, causes = Counter[str](), Counter[str]()
    for seed in range(resamples):
        report = compare(*scenario.draw(np.random.default_rng(seed)), DriftSettings(), NOW)
        verdicts[report.verdict] += 1
        causes[report.causes[0].cause if report.causes else "none"] += 1
    quiet = verdicts["steady"] + verdicts["insufficient"]
    hits = quiet if scenario.verdict == "no page" else verdicts[scenario.verdict]
    low, high = interval(hits, resamples)
    expected = f"{scenario.verdict}, {scenario.cause}"
    seconds = round((time.perf_counter() - began) / resamples, 2)
    return Result(
        scenario.name, resamples, expected, hits / resamples, low, high, dict(verdicts), dict(causes), seconds
    )


def main() -> int:
    """Print one line a scenario."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resamples", type=int, default=40)
    parser.add_argument("--only", default="", help="run only scenarios whose name holds this text")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if not SHARED.exists():
        print("The shared data sets are not beside the checkout: nothing to measure.")
        return 1
    results = []
    print("right [95 % interval]  expected  scenario  verdicts  first causes")
    for scenario in scenarios():
        if arguments.only in scenario.name:
            result = measure(scenario, arguments.resamples)
            results.append(asdict(result))
            rate = f"{result.right_verdict:.3f} [{result.low:.3f}, {result.high:.3f}]"
            print(f"{rate}  ({result.expected})  {result.scenario}  {result.verdicts}  {result.causes}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
