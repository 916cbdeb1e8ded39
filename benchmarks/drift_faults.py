"""Is the right cause named? Known faults injected into real traffic, and which cause the report puts first.

Traffic: answers of two models to the questions of RAGTruth QA (three passages each, no retrieval scores), and mtRAG
tasks (longer answers, up to ten passages). With ``--fresh``: traffic that no rule was fixed on, answers of two other
models to RAGTruth QA and people's answers to ClapNQ (one passage each). Faults are those of `drift drill` and pairs of
them at once, where either name is right; a fault that does not alert names nothing and is counted apart. Trials of one
source share records.

Run from the checkout: ``python -m benchmarks.drift_faults [--trials 10] [--nulls 70] [--shares 0.5 1]
[--seed 0] [--fresh] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.drift_ragtruth import LARGE, NOW, START
from benchmarks.drift_sets import SHARED, record, rows_of
from benchmarks.rates import interval
from data.records import Context, Interaction, content_hash
from drift.drill.faults import FAULTS, Fault
from drift.drill.trials import DrillResult, DrillSettings, drill
from drift.settings import DriftSettings
from eval.quality.groundedness import GroundednessProxy
from eval.quality.scores import score_interaction

OLD = (LARGE, "mistral-7B-instruct")
NEW = ("llama-2-13b-chat", "llama-2-7b-chat")
SINGLE = (
    *("truncated", "shortened", "foreign", "numbers", "contexts-lost"),
    *("contexts-swapped", "restyled", "slow", "failing"),
)
PAIRS = (("foreign", "contexts-swapped"), ("numbers", "contexts-lost"), ("truncated", "contexts-swapped"))


@dataclass(frozen=True, slots=True)
class Source:
    """Healthy traffic of one system."""

    name: str
    items: tuple[Interaction, ...]


def sources(fresh: bool) -> Iterator[Source]:
    """Yield the traffic of every source."""
    rows = rows_of("ragtruth_qa/answers.jsonl.gz")
    for model in NEW if fresh else OLD:
        mine = _shuffled([row for row in rows if row["model"] == model])
        yield Source(
            f"RAGTruth {model}",
            tuple(
                _item(row["response_id"], row["question"], row["response"], row["passages"], n)
                for n, row in enumerate(mine)
            ),
        )
    yield _clapnq() if fresh else _mtrag()


def _mtrag() -> Source:
    tasks = _shuffled([row for row in rows_of("mtrag_human/answers.jsonl.gz") if row["passages"]])
    items = [
        _item(
            f"{row['task_id']} {row['model']}",
            str(row["history"][-1]["text"]),
            row["response"],
            [part["text"] for part in row["passages"]],
            n,
        )
        for n, row in enumerate(tasks)
    ]
    return Source("mtRAG, three answerers", tuple(items))


def _clapnq() -> Source:
    rows = _shuffled([row for row in rows_of("clapnq_dev/questions.jsonl.gz") if row["answerable"]])
    items = [
        _item(row["id"], row["question"], row["output"][0]["answer"], [part["text"] for part in row["passages"]], n)
        for n, row in enumerate(rows)
    ]
    return Source("ClapNQ, answers of people", tuple(items))


def at_once(first: Fault, second: Fault) -> Fault:
    """Return the fault that does both; it applies where both do."""

    def inject(item: Interaction, others: Sequence[Interaction], rng: np.random.Generator) -> Interaction | None:
        broken = first.inject(item, others, rng)
        return second.inject(broken, others, rng) if broken else None

    name = f"{first.name} + {second.name}"
    return Fault(name, f"{first.what}, and {second.what}", inject, (*first.causes, *second.causes))


def _shuffled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # Files are sorted by subject: as a stream that would be drift.
    return [rows[place] for place in np.random.default_rng(0).permutation(len(rows))]


def _item(key: str, question: str, answer: str, passages: Sequence[str], place: int) -> Interaction:
    contexts = tuple(
        Context(content_hash(text), content_hash(text), None, text, content_hash(text)) for text in passages
    )
    latency = {"total": 800.0 + 40.0 * (place % 11)}
    return record(key, question, answer, 60.0 * place, contexts=contexts, latency_ms=latency)


def measure(source: Source, wanted: DrillSettings, nulls: int) -> list[DrillResult]:
    """Drill on one source; every alert also names its causes. Trials without a fault are `nulls` instead."""
    proxy = GroundednessProxy.load()
    known = {fault.name: fault for fault in FAULTS}
    faults = (*(known[name] for name in SINGLE), *(at_once(known[first], known[second]) for first, second in PAIRS))

    def run(chosen: Sequence[Fault], settings: DrillSettings) -> list[DrillResult]:
        return drill(
            source.items,
            chosen,
            lambda window, before: lambda item: score_interaction(item, proxy),
            drift=DriftSettings(),
            settings=settings,
            now=max(NOW, START + timedelta(days=400)),
            progress=lambda done, total, name: None,
        )

    return [*run((), replace(wanted, trials=nulls)), *run(faults, wanted)[1:]]


def main() -> int:
    """Print one line a fault and the accuracy over all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--nulls", type=int, default=70, help="trials without a fault, a source")
    parser.add_argument("--shares", type=float, nargs="+", default=[0.5, 1.0], help="shares of broken records")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fresh", action="store_true", help="traffic that no rule was fixed on")
    parser.add_argument("--only", default="", help="only sources whose name holds this text")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if not SHARED.exists():
        print("The shared data sets are not beside the checkout: nothing to measure.")
        return 1
    wanted = DrillSettings(arguments.trials, 200, tuple(arguments.shares), arguments.trials, arguments.seed)
    found: dict[str, list[DrillResult]] = {}
    with threadpool_limits(1):
        for source in sources(arguments.fresh):
            if arguments.only in source.name:
                found[source.name] = measure(source, wanted, arguments.nulls)
                print("\n".join(shown(source.name, found[source.name])), flush=True)
    total = Counter[str]()
    for line in (line for lines in found.values() for line in lines):
        total.update(named=line.named, explained=line.explained)
        if not line.fault:
            total.update(nulls=line.trials, null_pages=round(line.rate * line.trials))
    low, high = interval(total["named"], total["explained"])
    print(f"right cause first in {total['named']} of {total['explained']} alerts [{low:.3f}, {high:.3f}]")
    low, high = interval(total["null_pages"], total["nulls"])
    print(f"without a fault {total['null_pages']} of {total['nulls']} trials alerted [{low:.3f}, {high:.3f}]")
    if arguments.json:
        body = {name: [asdict(line) for line in lines] for name, lines in found.items()}
        arguments.json.write_text(json.dumps(body | {"total": dict(total)}, indent=1) + "\n", encoding="utf-8")
    return 0


def shown(name: str, lines: Sequence[DrillResult]) -> Iterator[str]:
    """Yield the results of one source as lines."""
    yield name
    for line in lines:
        fault = f"{line.fault or '(no fault)':<28} {line.share:.0%}"
        cause = f"right in {line.named} of {line.explained} {dict(line.causes)}" if line.harmful else "must not alert"
        yield f"  {fault:<34} paged {line.rate:.2f} [{line.low:.2f}, {line.high:.2f}]  {cause}"


if __name__ == "__main__":
    sys.exit(main())
