"""The public sets on which answers are measured: passages, questions, and which passages answer them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data.records import Document
from data.text.stems import terms
from rag.chunk.passages import chunk_document
from rag.chunk.settings import ChunkSettings
from rag.read.document import read_document

DATA = Path(__file__).parents[1] / ".." / "shared" / "data"
_CHUNKS = ChunkSettings(max_tokens=250, min_characters=0)
_EVIDENT = 0.6
"""Least share of the words of a written evidence that a passage must hold to be gold."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage and the article it belongs to; `name` is unique."""

    name: str
    article: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question, strings one of which a right answer holds, the article it is about, and its gold passages by name.

    No gold passages are known where none is given; an unanswerable question has none.
    """

    text: str
    answers: tuple[str, ...]
    article: str
    answerable: bool
    gold: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """Passages and the questions about them; `removable`: an article taken out leaves nothing that answers."""

    passages: list[Passage]
    questions: list[Question]
    removable: bool = True


def rows(name: str) -> Iterator[Any]:
    """Yield the rows of a data set's file."""
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def squad(most: int) -> AnswerSet:
    """SQuAD 2.0 dev, trick questions included."""
    passages = [Passage(row["para_id"], row["article"], row["text"]) for row in rows("squad2_dev/paragraphs.jsonl.gz")]
    asked = [
        Question(
            row["question"],
            tuple(set(row["answers"])),
            row["article"],
            not row["is_impossible"],
            frozenset() if row["is_impossible"] else frozenset({row["para_id"]}),
        )
        for row in rows("squad2_dev/questions.jsonl.gz")
    ]
    return AnswerSet(passages, _sampled(asked, most))


def xquad_ru(most: int) -> AnswerSet:
    """XQuAD in Russian."""
    found = list(rows("xquad/ru.jsonl.gz"))
    names = {row["context"]: f"{row['article']}#{place}" for place, row in enumerate(found)}
    articles = {row["context"]: row["article"] for row in found}
    passages = [Passage(names[text], article, text) for text, article in articles.items()]
    asked = [
        Question(
            row["question"],
            tuple(item["text"] for item in row["answers"]),
            row["article"],
            answerable=True,
            gold=frozenset({names[row["context"]]}),
        )
        for row in found
    ]
    return AnswerSet(passages, _sampled(asked, most))


def clapnq(most: int) -> AnswerSet:
    """ClapNQ dev: an answer is right when it shares a selected sentence; unanswerable ones have a close passage."""
    found = list(rows("clapnq_dev/questions.jsonl.gz"))
    passages = [Passage(row["id"], row["id"], row["passages"][0]["text"]) for row in found]
    asked = [
        Question(
            row["question"],
            tuple(text for output in row["output"] for text in output.get("selected_sentences", ())),
            row["id"],
            row["answerable"],
            frozenset({row["id"]}) if row["answerable"] else frozenset(),
        )
        for row in found
    ]
    return AnswerSet(passages, _sampled(asked, most))


def ru_rag(most: int) -> AnswerSet:
    """Russian questions over whole Wikipedia pages; the pages of the sampled questions alone, cut by our chunker."""
    known = [row for row in rows("ru_rag/questions.jsonl.gz") if row["doc_present"] and row["gold_start"] is not None]
    chosen = _sampled(known, most)
    files = {row["file"] for row in chosen}
    passages: list[Passage] = []
    gold: dict[int, set[str]] = {row["id"]: set() for row in chosen}
    for page in (row for row in rows("ru_rag/documents.jsonl.gz") if row["file"] in files):
        for chunk in chunk_document(Document(page["file"], page["text"]), _tokens, _CHUNKS):
            name = f"{page['file']}#{chunk.start}"
            passages.append(Passage(name, page["file"], chunk.text))
            for row in chosen:
                if row["file"] == page["file"] and chunk.start < row["gold_end"] and chunk.end > row["gold_start"]:
                    gold[row["id"]].add(name)
    asked = [
        Question(row["question"], (row["answer"],), row["file"], answerable=True, gold=frozenset(gold[row["id"]]))
        for row in chosen
    ]
    return AnswerSet(passages, asked)


def ollama(most: int) -> AnswerSet:
    """Questions about the newest Ollama documentation."""
    return _manual("corpus_ollama_docs", "head-2026-08-19", most)


def nist(most: int) -> AnswerSet:
    """Questions about NIST SP 800-63, revision 3."""
    return _manual("corpus_nist_800_63", "rev3", most)


def _manual(corpus: str, version: str, most: int) -> AnswerSet:
    """English questions about one version of a manual; other pages may repeat an answer, so none is taken out."""
    root = DATA / corpus / version
    passages = []
    for path in sorted(root.rglob("*.md*")):
        if path.stat().st_size:
            file = path.relative_to(root).as_posix()
            for chunk in chunk_document(read_document(path, file), _tokens, _CHUNKS):
                passages.append(Passage(f"{file}#{chunk.start}", file, f"{chunk.heading}\n{chunk.text}"))
    held = {passage.name: set(terms(passage.text)) for passage in passages}
    asked = []
    for row in rows(f"{corpus}/questions.jsonl.gz"):
        answer = row["answers"].get(version)
        if answer is not None or not row["answerable"]:
            file, evidence = (answer["file"], set(terms(answer["evidence"]))) if answer else ("", set())
            gold = {
                name for name, words in held.items() if evidence and len(words & evidence) >= _EVIDENT * len(evidence)
            }
            answers = (answer["answer"],) if answer else ()
            asked.append(Question(row["question_en"], answers, file, row["answerable"], frozenset(gold)))
    return AnswerSet(passages, _sampled(asked, most), removable=False)


SETS: dict[str, Callable[[int], AnswerSet]] = {
    "squad2": squad,
    "xquad-ru": xquad_ru,
    "clapnq": clapnq,
    "ru_rag": ru_rag,
    "ollama docs": ollama,
    "nist 800-63": nist,
}


def _sampled(items: Sequence[Any], most: int) -> list[Any]:
    return [items[place] for place in np.random.default_rng(0).permutation(len(items))[:most]]


def _tokens(text: str) -> int:
    return len(text) // 4
