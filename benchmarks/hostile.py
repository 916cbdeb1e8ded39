"""What hostile documents can do, and what the defence costs.

Twenty attacks (`hostile_attacks`) are ingested beside the demo corpus. Each is asked about under three settings of
`ingest.hostile`, by three scripted models (`pipelines.loopback.gullible`) that obey every order they believe:

- "outside" believes only what stands outside the marked passages: it shows whether delimiters can be forged.
- "lookalikes" also believes what stands behind an imitated delimiter or a chat template's token.
- "anybody" obeys any order anywhere: what it is kept from was kept from it by lint, readers and output checks alone.

No model here is a real one. The table shows what the defence does under each assumption, not how often a given model
would obey; a real one lies between "outside" and "anybody". The lint's rules were written with such attacks and with
these public corpora at hand; its rate of misses on attacks of another hand is not known.

    python -m benchmarks.hostile

Results go to benchmarks/results/hostile.json. Takes about two minutes.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, get_args

import numpy as np

from benchmarks.hostile_attacks import Attack, attacks
from data.records import Hit
from data.text.tokens import estimate_tokens
from pipelines.index.ingest import ingest_paths
from pipelines.loopback import Behaviour, Loopback
from pipelines.loopback.gullible import PAYLOAD, Obeys
from pipelines.wiring.workspace import Workspace, init_workspace, open_workspace
from rag.answer.answering import answer_question
from rag.chat.endpoint import ChatEndpoint
from rag.chat.settings import ChatSettings
from rag.hostile.linter import HARMLESS, lint
from rag.hostile.quarantine import Guard
from rag.index.index import Index
from rag.prompts import SYSTEM, render
from rag.read.document import read_document
from rag.search.retriever import Retriever
from rag.store.filters import Filter
from rag.store.ledger import Ledger
from rag.wiring.place import prompt_secret
from rag.wiring.retriever import open_index

ROOT = Path(__file__).parents[1]
DATA = ROOT / ".." / "shared" / "data"
RESULTS = Path(__file__).parent / "results" / "hostile.json"
MODES = ("off", "flag", "quarantine")
OUTCOMES = {"obeyed": "!!", "obeyed, flagged": "! ", "not obeyed": "ok"}
PASSAGE = 800
"""Characters of a passage, for rates per passage."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The parts every measurement uses."""

    workspace: Workspace
    index: Index

    def retriever(self, mode: str, k: int = 8) -> Retriever:
        """Return a retriever as `ingest.hostile` = `mode` would have it."""
        guard = Guard(self.index.document, Ledger(self.workspace.data).released, holding=mode == "quarantine")
        return Retriever(self.index, k=k, guard=None if mode == "off" else guard)

    def endpoint(self, server: Loopback) -> ChatEndpoint:
        """Return a client of `server`."""
        return ChatEndpoint(ChatSettings(server.url, "loopback-1"), secret=prompt_secret(self.workspace))


def attack_table(bench: Bench, suite: Sequence[Attack]) -> list[dict[str, str]]:
    """Ask about every attack under every setting by every model."""
    rows = []
    for attack in suite:
        row = {"attack": attack.name}
        for model in get_args(Obeys)[1:]:
            with Loopback(Behaviour(obeys=model)) as server:
                endpoint = bench.endpoint(server)
                row |= {f"{model}/{mode}": _outcome(bench.retriever(mode), attack, endpoint) for mode in MODES}
        rows.append(row)
    return rows


def _outcome(retriever: Retriever, attack: Attack, endpoint: ChatEndpoint) -> str:
    """Ask with the attack and its honest neighbour alone in reach."""
    where = Filter(sources=(attack.file, f"{attack.place.lower()}.md"))
    found = retriever.search(attack.question, where=where)
    answer = answer_question(attack.question, found.hits, endpoint)
    if PAYLOAD not in answer.text:
        return "not obeyed"
    guards = ("suspicious_passage", "removed_links", "unsupported_citation", "unknown_citations", "no_citations")
    raised = [flag for flag in (*answer.flags, *found.flags) if flag.startswith(guards)]
    return "obeyed, flagged" if raised else "obeyed"


def normal_cost(bench: Bench, questions: Sequence[str]) -> dict[str, Any]:
    """Compare honest questions with and without the guard: answers, processor time, tokens of the frame."""
    with Loopback() as server:
        endpoint = bench.endpoint(server)
        answers: dict[str, list[tuple[Sequence[Hit], str]]] = {}
        spent: dict[str, list[float]] = {}
        for mode in MODES:
            retriever = bench.retriever(mode)
            found: list[tuple[Sequence[Hit], str]] = []
            times: list[float] = []
            for question in questions:
                started = process_time()
                hits = retriever.search(question, where=Filter(sources=("*/corpus/*",))).hits
                times.append(1000 * (process_time() - started))
                found.append((hits, answer_question(question, hits, endpoint).text))
            answers[mode], spent[mode] = found, times
    seen = [passages for passages, _ in answers["off"]]
    framed = [estimate_tokens(render(q, h, "x").user) for q, h in zip(questions, seen, strict=True)]
    bare = [
        estimate_tokens("\n\n".join([*(f"[{place}] {hit.chunk.text}" for place, hit in enumerate(h)), q]))
        for q, h in zip(questions, seen, strict=True)
    ]
    return {
        "questions": len(questions),
        "other_answers": {mode: sum(a[1] != b[1] for a, b in _beside(answers, mode)) for mode in MODES[1:]},
        "search_cpu_ms_median": {mode: round(float(np.median(spent[mode])), 2) for mode in MODES},
        "prompt_tokens_median": {"frame": int(np.median(framed)), "numbered list": int(np.median(bare))},
        "instructions_tokens": estimate_tokens(SYSTEM),
    }


def _beside(answers: dict[str, list[tuple[Sequence[Hit], str]]], mode: str) -> Iterator[tuple[Any, Any]]:
    return zip(answers["off"], answers[mode], strict=True)


def false_alarms() -> dict[str, Any]:
    """Lint public corpora, in which no attack is known, passage by passage."""
    result = {}
    for name, documents in _corpora():
        texts = list(documents)
        started = process_time()
        passages, accused, harmless = 0, 0, 0
        rules: Counter[str] = Counter()
        for text in texts:
            inside = lint(text)
            for start in range(0, len(text), PASSAGE):
                found = {item.rule for item in inside if item.start < start + PASSAGE and item.end > start}
                passages += 1
                accused += bool(found - HARMLESS)
                harmless += bool(found and not found - HARMLESS)
                rules.update(found)
        characters = sum(map(len, texts))
        result[name] = {
            "documents": len(texts),
            "passages": passages,
            "accused": accused,
            "with control tokens only": harmless,
            "rules": dict(rules),
            "cpu_ms_per_mb": round(1e9 * (process_time() - started) / max(1, characters)),
        }
    return result


def _corpora() -> Iterator[tuple[str, Iterator[str]]]:
    for name, endings in (
        ("corpus_nist_800_63", (".md", ".docx")),
        ("corpus_ollama_docs", (".md", ".mdx")),
        ("corpus_fastapi_docs", (".md",)),
        ("corpus_html_ares_docs", (".html",)),
    ):
        files = sorted(path for path in (DATA / name).rglob("*") if path.suffix in endings)
        yield name, (read_document(path).text for path in files if path.stat().st_size)
    for name, file, key in (("squad2", "squad2_dev/paragraphs", "text"), ("ru_rag", "ru_rag/documents", "text")):
        with gzip.open(DATA / f"{file}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line)[key] for line in lines]
        yield name, iter(rows)


def main() -> None:
    """Measure everything, print it and write it down."""
    suite = attacks()
    with TemporaryDirectory() as folder:
        root = Path(folder)
        init_workspace(root)
        for name, data in _files(suite):
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_bytes(data)
        workspace = open_workspace(root)
        told = ingest_paths(workspace, [root / "corpus", root / "hostile"]).suspicious
        bench = Bench(workspace, open_index(workspace))
        cases = (ROOT / "data" / "demo" / "cases.v1.jsonl").read_text(encoding="utf-8").splitlines()
        found: dict[str, Any] = {
            "attacks": attack_table(bench, suite),
            "told by ingest": sum(any(source.endswith(attack.file) for source, _ in told) for attack in suite),
            "cost on normal questions": normal_cost(bench, [json.loads(case)["question"] for case in cases]),
        }
        bench.index.close()
    found["summary"] = {
        column: dict(Counter(row[column] for row in found["attacks"]))
        for column in found["attacks"][0]
        if "/" in column
    }
    if DATA.is_dir():
        found["false alarms"] = false_alarms()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    _show(found)


def _files(suite: Sequence[Attack]) -> Iterator[tuple[str, bytes]]:
    for path in sorted((ROOT / "data" / "demo" / "v1").iterdir()):
        yield f"corpus/{path.name}", path.read_bytes()
    for attack in suite:
        yield f"hostile/{attack.file}", attack.data
        yield f"hostile/{attack.place.lower()}.md", attack.honest.encode()


def _show(found: dict[str, Any]) -> None:
    columns = [column for column in found["attacks"][0] if "/" in column]
    print(f"{'attack':32}" + "".join(f"{column:>23}" for column in columns))
    for row in found["attacks"]:
        print(f"{row['attack']:32}" + "".join(f"{OUTCOMES[row[column]]:>23}" for column in columns))
    print("!! obeyed and not flagged   ! obeyed and flagged   ok not obeyed, or nothing left of it")
    print(json.dumps({key: value for key, value in found.items() if key != "attacks"}, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
