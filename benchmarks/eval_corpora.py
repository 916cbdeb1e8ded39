"""Corpora with golden cases for the benchmarks of the gate, from the public halves of the data sets."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from data.cases import Case, load_cases
from eval.quality.sentences import plain_sentences

ROOT = Path(__file__).parents[1]
DATA = ROOT / ".." / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents by file name, and cases about them."""

    documents: dict[str, str | Path]
    cases: list[Case]


def demo(version: str = "v2") -> Corpus:
    """The demo corpus of this project."""
    folder = ROOT / "data" / "demo"
    files = {path.name: path for path in sorted((folder / version).iterdir())}
    return Corpus(files, load_cases(folder / f"cases.{version}.jsonl"))


def squad() -> Corpus:
    """SQuAD 2.0 dev: a document per article; 200 answerable questions and 50 without an answer."""
    documents: dict[str, str | Path] = {}
    texts = {}
    for row in rows_of("squad2_dev/paragraphs.jsonl.gz"):
        name = f"{_plain(row['article'])}.txt"
        documents[name] = f"{documents.get(name, '')}{row['text']}\n\n"
        texts[row["para_id"]] = row["text"]
    rows = list(rows_of("squad2_dev/questions.jsonl.gz"))
    rng = np.random.default_rng(0)
    drawn = [
        rows[place]
        for silent, count in ((False, 200), (True, 50))
        for place in rng.permutation([n for n, row in enumerate(rows) if row["is_impossible"] is silent])[:count]
    ]
    cases = [
        Case(row["id"], row["question"], must_abstain=True)
        if row["is_impossible"]
        else Case(
            row["id"],
            row["question"],
            tuple(row["answers"]),
            (f"{_plain(row['article'])}.txt",),
            _sentence_with(texts[row["para_id"]], row["answers"]),
        )
        for row in drawn
    ]
    return Corpus(documents, cases)


def clapnq() -> Corpus:
    """ClapNQ: a document per passage; answerable questions with their supporting sentences, and unanswerable ones."""
    documents: dict[str, str | Path] = {}
    cases = []
    for number, row in enumerate(rows_of("clapnq_dev/questions.jsonl.gz")):
        name = f"{number:03d}.txt"
        documents[name] = f"{row['passages'][0]['title']}\n\n{row['passages'][0]['text']}\n"
        chosen = [text for out in row["output"] for text in out.get("selected_sentences", ()) if text.strip()]
        if row["answerable"] and chosen:
            cases.append(Case(row["id"], row["question"], sources=(name,), evidence=tuple(chosen[:3])))
    return Corpus(documents, cases)


def ru() -> Corpus:
    """ru_rag: the 60 shortest Russian Wikipedia pages and the questions about them."""
    rows = sorted(rows_of("ru_rag/documents.jsonl.gz"), key=lambda row: len(row["text"]))[:60]
    documents: dict[str, str | Path] = {row["file"]: row["text"] for row in rows}
    cases = []
    for row in rows_of("ru_rag/questions.jsonl.gz"):
        if row["file"] in documents:
            evidence = _sentence_with(row["context"], [row["answer"]])
            answer, source = (row["answer"],), (row["file"],)
            cases.append(Case(str(row["id"]), row["question"], answer, source, evidence, language="ru"))
    return Corpus(documents, cases)


def joined(corpus: Corpus, count: int) -> Corpus:
    """The same with so many documents to a file: long files, whose passages can grow."""
    names = list(corpus.documents)
    home = {name: f"{place // count:03d}.txt" for place, name in enumerate(names)}
    documents: dict[str, str | Path] = {}
    for name in names:
        documents[home[name]] = f"{documents.get(home[name], '')}{corpus.documents[name]}\n"
    cases = [replace(case, sources=tuple(home[source] for source in case.sources)) for case in corpus.cases]
    return Corpus(documents, cases)


def version(name: str, which: str) -> dict[str, str | Path]:
    """Return the Markdown files of one version of a documentation, by their path in it."""
    folder = DATA / name / which
    files = sorted((*folder.rglob("*.md"), *folder.rglob("*.mdx")))
    return {str(path.relative_to(folder)): path for path in files}


CORPORA: dict[str, Callable[[], Corpus]] = {"demo": demo, "squad": squad, "clapnq": clapnq, "ru": ru}


def rows_of(name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a data set's file."""
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def _sentence_with(text: str, answers: Sequence[str]) -> tuple[str, ...]:
    """Return the sentence of a passage that holds an answer."""
    found = [part for part in plain_sentences(text) if any(answer in part for answer in answers)]
    return tuple(found[:1])
