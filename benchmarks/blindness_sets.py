"""Healthy answers of public halves, to be spoilt or dressed: sentences quoted, and real models' own words.

Rows are cut into a part to learn from and a part to report on, by article, question or conversation.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from data.text import terms
from drift.drill.losses.phrases import REFUSAL
from eval.quality.sentences import split

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
Part = Literal["learn", "report"]


@dataclass(frozen=True, slots=True)
class Row:
    """One question with its passages and its answer; `short` is the gold answer where the set has one."""

    id: str
    group: str
    language: str
    style: str
    question: str
    answer: str
    passages: tuple[str, ...]
    answerable: bool = True
    short: str = ""

    @property
    def part(self) -> Part:
        """The part of the data this row belongs to."""
        return "learn" if int(hashlib.sha256(f"part:{self.group}".encode()).hexdigest(), 16) % 2 else "report"


def read(name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of one public data set."""
    with gzip.open(SHARED / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def squad() -> list[Row]:
    """Quote the sentence with the answer, and refuse what has none; three passages of one article."""
    paragraphs: dict[str, dict[str, str]] = defaultdict(dict)
    for row in read("squad2_dev/paragraphs.jsonl.gz"):
        paragraphs[row["article"]][row["para_id"]] = row["text"]
    rows = []
    for row in read("squad2_dev/questions.jsonl.gz"):
        passages = _passages(row["question"], row["para_id"], paragraphs[row["article"]])
        short = row["answers"][0] if row["answers"] else ""
        answer = REFUSAL["en"] if row["is_impossible"] else _quote(short, row["question"], passages[0])
        if answer:
            rows.append(
                Row(row["id"], row["article"], "en", "extractive", row["question"], answer, passages,
                    not row["is_impossible"], short)
            )  # fmt: skip
    return rows


def xquad(language: str) -> list[Row]:
    """Quote the sentence with the answer, in another language."""
    paragraphs: dict[str, dict[str, str]] = defaultdict(dict)
    found = list(read(f"xquad/{language}.jsonl.gz"))
    for row in found:
        paragraphs[row["article"]][row["paragraph"]] = row["context"]
    rows = []
    for row in found:
        passages = _passages(row["question"], row["paragraph"], paragraphs[row["article"]])
        short = row["answers"][0]["text"]
        if answer := _quote(short, row["question"], passages[0]):
            style = "extractive"
            rows.append(Row(row["id"], row["article"], language, style, row["question"], answer, passages, True, short))
    return rows


def ragtruth() -> list[Row]:
    """Return the answers of four models in which people found nothing unsupported."""
    return [
        Row(row["response_id"], row["source_id"], "en", "own words", row["question"], row["response"],
            tuple(row["passages"]))
        for row in read("ragtruth_qa/answers.jsonl.gz")
        if not row["hallucinated"] and row["quality"] == "good"
    ]  # fmt: skip


def clapnq() -> list[Row]:
    """Return answers that people wrote from one passage, and questions without an answer, refused."""
    rows = list(read("clapnq_dev/questions.jsonl.gz"))
    return [
        Row(row["id"], row["id"], "en", "own words", row["question"],
            row["output"][0]["answer"] if row["answerable"] else REFUSAL["en"],
            (row["passages"][0]["text"], rows[(at + 1) % len(rows)]["passages"][0]["text"]), row["answerable"])
        for at, row in enumerate(rows)
    ]  # fmt: skip


def ru_rag() -> list[Row]:
    """Quote the Russian sentence with the answer; the other passages share most words with the question."""
    kept = [row for row in read("ru_rag/questions.jsonl.gz") if row["context"] and row["answer"]]
    contexts = {row["id"]: row["context"] for row in kept}
    rows = []
    for row in kept:
        passages = _passages(row["question"], row["id"], contexts)
        if answer := _quote(row["answer"], row["question"], passages[0]):
            style = "extractive"
            rows.append(
                Row(str(row["id"]), row["file"], "ru", style, row["question"], answer, passages, True, row["answer"])
            )
    return rows


def healthy(name: str) -> list[Row]:
    """Return one set of healthy answers by name: squad, ragtruth, clapnq, xquad-ru, ru-rag."""
    sets = {"squad": squad, "ragtruth": ragtruth, "clapnq": clapnq, "ru-rag": ru_rag, "xquad-ru": lambda: xquad("ru")}
    return sets[name]()


def _passages(question: str, gold: str, of_article: dict[str, str]) -> tuple[str, ...]:
    """Return the gold passage and the two others that share most words with the question."""
    asked = set(terms(question))
    others = sorted((key for key in of_article if key != gold), key=lambda key: (-_shared(asked, of_article[key]), key))
    return (of_article[gold], *(of_article[key] for key in others[:2]))


def _shared(asked: set[str], text: str) -> int:
    return len(asked & set(terms(text)))


def _quote(short: str, question: str, passage: str) -> str:
    asked = set(terms(question))
    holding = [part for part in split(passage) if short.lower() in part.lower()]
    best = max(holding, key=lambda part: _shared(asked, part), default="")
    return re.sub(r"\s+", " ", best)
