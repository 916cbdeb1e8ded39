"""Run every benchmark in turn (`make bench`): each prints its table and keeps JSON in benchmarks/results/."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
BENCHMARKS: tuple[tuple[str, ...], ...] = (
    ("retrieval_quality",),
    ("answer_quality",),
    ("hostile",),
    ("follow_ups",),
    ("query_latency",),
    ("serve_load", "--rounds", "1"),
    ("drift_table", "--json", "benchmarks/results/drift_table.json"),
    ("drift_intervals", "--json", "benchmarks/results/drift_intervals.json"),
    ("drift_shares", "--json", "benchmarks/results/drift_shares.json"),
    ("drift_weekly", "--json", "benchmarks/results/drift_weekly.json"),
    ("drift_faults", "--json", "benchmarks/results/drift_faults.json"),
    ("drift_streams", "--json", "benchmarks/results/drift_streams.json"),
    ("drift_reports", "--json", "benchmarks/results/drift_reports.json"),
    ("drift_cost", "--json", "benchmarks/results/drift_cost.json"),
    ("int8_quality",),
    ("eval_power",),
    ("eval_judge",),
    ("ingest_peers",),
)
PEERS = ("langchain_chroma", "llama_index.vector_stores.chroma")


def main() -> int:
    """Run all benchmarks; return 1 when one failed."""
    if not DATA.is_dir():
        print(f"The data sets are not at {DATA.parent.name}/{DATA.name} beside the checkout: nothing to measure.")
        return 1
    failed = []
    for name, *arguments in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        if name == "ingest_peers" and not all(map(_installed, PEERS)):
            print('skipped: the peers are not installed (pip install -c constraints.txt -e ".[bench]")')
            continue
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return bool(failed)


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main())
