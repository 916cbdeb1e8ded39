"""Ingest side by side: ours, LangChain + Chroma, LlamaIndex + Chroma; same files, same model, same machine, same run.

Each system runs in a fresh process, in turns for `--rounds` rounds: read Russian, NIST, SQuAD and PDF files, cut, embed
(all-MiniLM-L6-v2, batches of 32, CPU) and store in Chroma. The best round of each counts, by the clock and by processor
seconds; the latter hold on a busy machine too. Then each answers the same questions with known passages (ru_rag, SQuAD
2.0): a retrieved text is right when it holds at least half of the passage's words. Peers get the text of PDFs from
pypdfium2. "pure" is ours without anything but embedding and inserting the same texts. Peers cut off what the model does
not read (256 tokens), which is most of a Russian passage; ours embeds it all.

    python -m benchmarks.ingest_peers [--full] [--rounds 1] [--systems ours pure]

Needs ``pip install -e ".[bench]"`` and the data sets beside the checkout. JSON, when all systems are measured:
benchmarks/results/ingest_peers.json.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import ingest_systems as systems
from benchmarks.ingest_corpus import build_corpus, build_many_files, megabytes

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results" / "ingest_peers.json"
SYSTEMS = {
    "ours": systems.ours,
    "pure": systems.pure,
    "langchain": systems.langchain,
    "llamaindex": systems.llamaindex,
}
PEERS = ("langchain", "llamaindex")
SMALL = {"russian": 8, "articles": 6, "pdfs": 3}
FULL = {"russian": 40, "articles": 1000, "pdfs": 8}
MANY_FILES = 1000


def measure(system: str, folder: Path, scratch: Path) -> dict[str, Any]:
    """Ingest with one system in this process, which is fresh, and return its row."""
    store = Path(tempfile.mkdtemp(prefix=system, dir=scratch))
    started = time.perf_counter()
    chunks, searches = SYSTEMS[system](folder, store)
    row: dict[str, Any] = {
        "chunks": chunks,
        "seconds": time.perf_counter() - started,
        "cpu_seconds": _processor_seconds(resource.RUSAGE_SELF),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if system == "ours":
        systems.note_texts(store)
    questions = scratch / "questions.json"
    asked = json.loads(questions.read_text(encoding="utf-8")) if questions.exists() else []
    for name, search in searches.items():
        quality = [systems.ndcg(item["passage"], search(item["question"])) for item in asked]
        row[f"ndcg10_{name}"] = round(sum(quality) / len(quality), 4) if quality else None
    return row


def in_fresh_process(system: str, folder: Path, scratch: Path) -> dict[str, Any]:
    """Run `measure` in a process of its own; `wall_s` is the clock around the whole process."""
    command = [sys.executable, "-m", "benchmarks.ingest_peers", "--measure", system, str(folder), str(scratch)]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), cwd=ROOT, check=False)
    wall = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{system} failed:\n{done.stderr[-2000:]}")
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**row, "wall_s": wall}


def best_of(rows: list[dict[str, Any]], size: float) -> dict[str, Any]:
    """Return the row of a system: its best times over the rounds, and what follows from them."""
    row = {**rows[0], "seconds": min(r["seconds"] for r in rows), "cpu_seconds": min(r["cpu_seconds"] for r in rows)}
    del row["wall_s"]
    row["peak_rss_mb"] = max(r["peak_rss_mb"] for r in rows)
    for kind in ("seconds", "cpu_seconds"):
        per = "per_s" if kind == "seconds" else "per_cpu_s"
        row[f"chunks_{per}"] = round(row["chunks"] / row[kind], 1)
        row[f"mb_{per}"] = round(size / row[kind], 4)
        row[kind] = round(row[kind], 2)
    return row


def cold_start(system: str, scratch: Path) -> float:
    """Return the seconds from the start of a process to the first chunks stored: one small file."""
    folder, place = scratch / "one-file", scratch / "cold"
    for path in (folder, place):
        path.mkdir(exist_ok=True)
    (folder / "a.txt").write_text("The ferry leaves at six in the morning and arrives at noon.", encoding="utf-8")
    return round(in_fresh_process(system, folder, place)["wall_s"], 2)


def ingest_again(scratch: Path) -> dict[str, float]:
    """Return the seconds of `rag ingest` of a folder of many files that did not change, from start to exit."""
    workspace, folder = scratch / "workspace", scratch / "many"
    workspace.mkdir()
    folder.mkdir()
    build_many_files(folder, MANY_FILES)
    program = [sys.executable, "-c", "from pipelines.cli.rag import main; main()"]
    environment = {**_environment(), "PYTHONPATH": str(ROOT)}
    subprocess.run([*program, "init"], cwd=workspace, env=environment, check=True, capture_output=True)
    times = []
    for _ in range(3):
        before, started = _processor_seconds(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [*program, "ingest", str(folder), "--json"]
        done = subprocess.run(command, cwd=workspace, env=environment, check=True, capture_output=True, text=True)
        cpu = _processor_seconds(resource.RUSAGE_CHILDREN) - before
        times.append((time.perf_counter() - started, cpu, json.loads(done.stdout)))
    if times[-1][2]["unchanged"] != MANY_FILES:
        raise SystemExit(f"Not every file was found unchanged: {times[-1][2]}.")
    again = times[1:]
    return {
        "files": MANY_FILES,
        "first_s": round(times[0][0], 2),
        "again_s": round(min(time_[0] for time_ in again), 2),
        "again_cpu_s": round(min(time_[1] for time_ in again), 2),
    }


def ratios(rows: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Return how many times as fast as the better peer ours is, and what it costs beyond embedding and inserting."""
    found = {}
    for key in ("chunks_per_s", "mb_per_s", "chunks_per_cpu_s", "mb_per_cpu_s") if rows.keys() >= {*PEERS} else ():
        found[key] = round(rows["ours"][key] / max(rows[peer][key] for peer in PEERS), 2)
    for key in ("seconds", "cpu_seconds") if "pure" in rows else ():
        found[f"overhead_{key}"] = round(rows["ours"][key] / rows["pure"][key] - 1, 3)
    return found


def _processor_seconds(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _environment() -> dict[str, str]:
    return {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "DO_NOT_TRACK": "1"}


def main() -> None:
    """Build the corpus, run the systems in turns, print the table and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help=f"take {FULL} instead of {SMALL}")
    parser.add_argument("--rounds", type=int, default=1, help="how often each system runs; the best round counts")
    parser.add_argument("--systems", nargs="+", choices=list(SYSTEMS), default=list(SYSTEMS), help="ours is always run")
    parser.add_argument("--measure", nargs=3, metavar=("SYSTEM", "FOLDER", "SCRATCH"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        system, folder, scratch = arguments.measure
        print(json.dumps(measure(system, Path(folder), Path(scratch))))
        return
    systems_run = [name for name in SYSTEMS if name in {"ours", *arguments.systems}]
    with tempfile.TemporaryDirectory() as name:
        result = run(Path(name), FULL if arguments.full else SMALL, arguments.rounds, systems_run)
    if len(systems_run) < len(SYSTEMS):
        return
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def run(scratch: Path, size: dict[str, int], rounds: int, names: Sequence[str]) -> dict[str, Any]:
    """Return everything that is measured of the systems `names`."""
    corpus = scratch / "corpus"
    corpus.mkdir()
    (scratch / "questions.json").write_text(json.dumps(build_corpus(corpus, **size)), encoding="utf-8")
    text = megabytes(corpus)
    print(f"corpus: {len(list(corpus.iterdir()))} files, {text:.2f} MB of text", flush=True)
    measured: dict[str, list[dict[str, Any]]] = {system: [] for system in names}
    for _ in range(rounds):
        for system, found in measured.items():
            found.append(in_fresh_process(system, corpus, scratch))
    rows = {system: best_of(found, text) for system, found in measured.items()}
    for system, row in rows.items():
        if system != "pure":
            row["cold_start_s"] = cold_start(system, scratch)
        print(f"{system:12}" + "  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    result = {"megabytes": round(text, 3), "corpus": size, "rounds": rounds, "systems": rows, "ratios": ratios(rows)}
    print("ours against the better peer:", result["ratios"], flush=True)
    result["unchanged"] = ingest_again(scratch)
    print("unchanged folder:", result["unchanged"], flush=True)
    return result


if __name__ == "__main__":
    main()
