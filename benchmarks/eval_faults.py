"""Faults planted in a pipeline, and the evaluation runs they lead to: one workspace, changed in one way at a time."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.eval_corpora import Corpus, demo, joined, version
from data.cases import Case, load_cases, write_cases
from eval.run import CaseResult, EvalRun, evaluate
from eval.run_files import load_run, save_run
from pipelines.answer.asker import open_asker
from pipelines.evaluation.drafts import draft
from pipelines.evaluation.run import case_asker, measured
from pipelines.index.ingest import ingest_paths
from pipelines.wiring.workspace import Workspace, init_workspace, open_workspace
from rag.asking.asker import Asker
from rag.embed.embedder import open_embedder
from rag.ingest.job import ingest

CACHE = Path(tempfile.gettempdir()) / "silentdrift-eval-power"
LARGER = {"max_tokens": 1600, "min_characters": 6400}
DRAFTS = 150
Pair = tuple[EvalRun, EvalRun]
"""The run of the accepted system and that of a faulty one."""


def faulty_systems(name: str, corpus: Corpus) -> dict[str, Pair]:
    """Return the runs for each fault planted in the pipeline of a corpus."""
    pairs: dict[str, Pair] = {}
    with tempfile.TemporaryDirectory(prefix="eval-power-") as scratch:
        base = _lazy_workspace(Path(scratch), "base", corpus.documents)
        accepted = _run(name, "accepted", corpus.cases, base)
        pairs["k 8 -> 1"] = accepted, _run(name, "k1", corpus.cases, lambda: _with(base(), "retrieval", k=1))
        pairs["chunk size x8"] = accepted, _run(name, "chunks", corpus.cases, lambda: _larger(base()))
        pairs["shuffled vectors"] = accepted, _run(name, "shuffled", corpus.cases, base, shuffled=True)
        dense = lambda: _with(base(), "retrieval", mode="dense")  # noqa: E731
        pairs["shuffled vectors, dense retrieval"] = (
            _run(name, "dense", corpus.cases, dense),
            _run(name, "dense-shuffled", corpus.cases, dense, shuffled=True),
        )
        dropped = _run(name, "dropped", corpus.cases, lambda: _dropped(base(), corpus))  # the last that uses the base
        pairs["20 % of documents dropped"] = accepted, dropped
        if name == "demo":
            stale = _lazy_workspace(Path(scratch), "stale", demo("v1").documents)
            pairs["stale corpus version"] = accepted, _run(name, "stale", corpus.cases, stale)
        if name == "clapnq":
            long = joined(corpus, 10)
            whole = _lazy_workspace(Path(scratch), "joined", long.documents)
            pairs["chunk size x8, ten passages a file"] = (
                _run(name, "joined", long.cases, whole),
                _run(name, "joined-chunks", long.cases, lambda: _larger(whole())),
            )
    pairs["citation parser off"] = accepted, _without_citations(accepted)
    return pairs


def stale_version(name: str, old: str, new: str) -> Pair:
    """Return the runs of cases drafted from the new version of real documentation, on it and on the old one."""
    with tempfile.TemporaryDirectory(prefix="eval-stale-") as scratch:
        folder = Path(scratch)
        current = _lazy_workspace(folder, "new", version(name, new))
        cases_file = CACHE / f"{name}-{new.replace('/', '-')}.jsonl"
        if not cases_file.exists():
            draft(current(), cases_file, DRAFTS, seed=0)
            write_cases(cases_file, [_anywhere(case) for case in load_cases(cases_file)])
        cases, label = load_cases(cases_file), f"{old}-{new}".replace("/", "-")
        return (
            _run(name, f"{label}-new", cases, current),
            _run(name, f"{label}-old", cases, _lazy_workspace(folder, "old", version(name, old))),
        )


def _anywhere(case: Case) -> Case:
    """Name the sources of a draft by their path below the corpus, wherever that lies."""
    return replace(case, sources=tuple(source.rpartition("/corpus/")[2] for source in case.sources))


def _lazy_workspace(scratch: Path, name: str, documents: dict[str, str | Path]) -> Callable[[], Workspace]:
    """Return what makes the workspace at the first call."""
    folder = scratch / name

    def make() -> Workspace:
        if not folder.exists():
            corpus = folder / "corpus"
            corpus.mkdir(parents=True)
            for file, text in documents.items():
                (corpus / file).parent.mkdir(parents=True, exist_ok=True)
                if isinstance(text, Path):
                    shutil.copy(text, corpus / file)
                else:
                    (corpus / file).write_text(text, encoding="utf-8")
            init_workspace(folder)
            ingest_paths(open_workspace(folder), [corpus])
        return open_workspace(folder)

    return make


def _run(
    name: str, system: str, cases: list[Case], make: Callable[[], Workspace], *, shuffled: bool = False
) -> EvalRun:
    path = CACHE / f"{name}-{system}.json"
    if path.exists():
        return load_run(path)
    started = time.perf_counter()
    workspace = make()
    asker = open_asker(workspace, logged=False)
    if shuffled:
        _shuffle(asker, cases)
    run = evaluate(cases, case_asker(asker), measured(asker.retriever), concurrency=2, label=system)
    save_run(run, path)
    print(f"  {name} {system}: {len(run.results)} cases in {time.perf_counter() - started:.0f} s", flush=True)
    return run


def _shuffle(asker: Asker, cases: Sequence[Case]) -> None:
    """Search with the vector of another question: vectors that do not belong to their texts."""
    questions = [case.question for case in cases]
    others = dict(zip(questions, np.roll(questions, 7).tolist(), strict=True))
    index = asker.retriever.index
    embed = index.embed_query
    index.embed_query = lambda question: embed(others.get(question, question))  # type: ignore[method-assign]


def _with(workspace: Workspace, section: str, **values: Any) -> Workspace:
    changed = replace(getattr(workspace.settings, section), **values)
    return Workspace(workspace.folder, replace(workspace.settings, **{section: changed}))


def _larger(workspace: Workspace) -> Workspace:
    """Cut the stored documents anew into passages of eight times the length, in a copy."""
    changed = _with(_copy(workspace), "chunking", **LARGER)
    ingest((), changed.data, open_embedder(changed.settings.embedder), chunking=changed.settings.chunking)
    return changed


def _copy(workspace: Workspace) -> Workspace:
    folder = workspace.folder.with_name(f"copy-{time.monotonic_ns()}")
    shutil.copytree(workspace.folder, folder)
    return open_workspace(folder)


def _dropped(workspace: Workspace, corpus: Corpus) -> Workspace:
    names = sorted(corpus.documents)
    gone = np.random.default_rng(0).permutation(len(names))[: round(0.2 * len(names))]
    for place in gone:
        (workspace.folder / "corpus" / names[place]).unlink()
    ingest_paths(workspace, [workspace.folder / "corpus"], prune=True)
    return workspace


def _without_citations(run: EvalRun) -> EvalRun:
    """Score answers whose citations were not parsed: none cited, so recall is 0 and precision unscored."""
    from eval.metrics.catalog import citation_recall

    def stripped(item: CaseResult) -> CaseResult:
        values = dict(item.values)
        for metric in ("citation_precision", "quote_support", "evidence_quoted"):
            values.pop(metric, None)
        if citation_recall.__name__ in values:
            values[citation_recall.__name__] = 0.0
        return replace(item, values=values)

    return replace(run, results=tuple(map(stripped, run.results)))
