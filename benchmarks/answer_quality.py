"""Quality of answers on public sets: refusals, citations, and the guards against altered numbers and names.

Passages come from a plain BM25 search (five best), so that no embedder is needed. Each question is asked twice: with
its article in the collection, and with it taken out ("absent"), where only a refusal is right. The guards are measured
on RAGTruth's answers with human labels. Run from the checkout, with the data sets in ``../shared/data``:

    python -m benchmarks.answer_quality [--questions 200]

The two endpoints are scripted: both find sentences by the same words as the extractive answerer, "honest" repeats them
and "inventing" falsifies numbers and names and adds news from nowhere. Results go to
benchmarks/results/answer_quality.json. Takes about four minutes.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.answer_guards import measure_guards
from benchmarks.answer_sets import SETS, Passage, Question
from data.records import Answer, Chunk, Citation, Hit
from data.text.stems import terms
from pipelines.loopback import Behaviour, Loopback
from rag.answer.answering import answer_question
from rag.answer.extractive import ExtractiveGenerator
from rag.chat.endpoint import ChatEndpoint
from rag.chat.settings import ChatSettings
from rag.protocols import Generator

RESULTS = Path(__file__).parent / "results" / "answer_quality.json"
DEPTH = 5


class Bm25:
    """Okapi BM25 over passages, each with the name of its article."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._counts = [Counter(terms(passage.text)) for passage in passages]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._mean = sum(self._lengths) / len(passages)
        self._postings: dict[str, list[int]] = defaultdict(list)
        for place, counts in enumerate(self._counts):
            for term in counts:
                self._postings[term].append(place)

    def search(self, question: str, without: str | None = None) -> list[Hit]:
        """Return the best passages, those of the article `without` left out."""
        scores: dict[int, float] = defaultdict(float)
        for term in set(terms(question)):
            found = self._postings.get(term, [])
            rarity = math.log(1 + (len(self._passages) - len(found) + 0.5) / (len(found) + 0.5))
            for place in found:
                count = self._counts[place][term]
                scores[place] += rarity * count * 2.2 / (count + 0.3 + 0.9 * self._lengths[place] / self._mean)
        kept = [place for place in scores if self._passages[place].article != without]
        best = sorted(kept, key=lambda place: -scores[place])[:DEPTH]
        return [self._hit(place, scores[place]) for place in best]

    def _hit(self, place: int, score: float) -> Hit:
        passage = self._passages[place]
        return Hit(Chunk(passage.name, 0, len(passage.text), passage.text), score)


def measure_set(name: str, most: int, generators: dict[str, Generator]) -> dict[str, Any]:
    """Ask all generators the questions of a set, with and without the article that answers."""
    measured = SETS[name](most)
    search = Bm25(measured.passages)
    asked = measured.questions
    result: dict[str, Any] = {"passages": len(measured.passages)}
    for label, generator in generators.items():
        present = [(question, _ask(question, search.search(question.text), generator)) for question in asked]
        without = [question for question in asked if measured.removable]
        absent = [_ask(question, search.search(question.text, question.article), generator) for question in without]
        result[label] = _summary(present, absent)
    return result


def _ask(question: Question, hits: list[Hit], generator: Generator) -> tuple[Answer, float]:
    started = perf_counter()
    return answer_question(question.text, hits, generator), 1000 * (perf_counter() - started)


def _summary(
    present: Sequence[tuple[Question, tuple[Answer, float]]], absent: Sequence[tuple[Answer, float]]
) -> dict[str, Any]:
    """Return shares; citation precision and recall are over answerable questions that were answered.

    Precision: the share of citations marked as supported that point to a gold passage. Recall: the share of answers
    with at least one such. `supported_citations` is the quote-support rate, over all citations.
    """
    answerable = [(question, answered) for question, (answered, _) in present if question.answerable]
    tricks = [answered for question, (answered, _) in present if not question.answerable]
    given = [(question, answered) for question, (answered, _) in present if answered.outcome == "answered"]
    judged = [(question, answered.citations) for question, answered in given if question.gold]
    guards = ("unsupported", "number_mismatch", "name_mismatch")
    return {
        "questions": len(present),
        "answerable": len(answerable),
        "wrong_refusals": _share(answered.outcome == "abstained" for _, answered in answerable),
        "right_answers": _share(_holds(question.answers, answered.text) for question, answered in answerable),
        "refused_absent": _share(answered.outcome == "abstained" for answered, _ in absent),
        "refused_unanswerable": _share(answered.outcome == "abstained" for answered in tricks),
        "supported_citations": _share(item.supported for _, answered in given for item in answered.citations),
        "citation_precision": _share(
            _right(item, question) for question, cited in judged for item in cited if item.supported
        ),
        "citation_recall": _share(any(_right(item, question) for item in cited) for question, cited in judged),
        "flagged_answers": _share(any(flag.startswith(guards) for flag in item.flags) for _, item in given),
        "milliseconds_median": round(float(np.median([spent for _, (_, spent) in present])), 2),
    }


def _right(citation: Citation, question: Question) -> bool:
    return citation.supported and citation.source in question.gold


def _holds(answers: Collection[str], text: str) -> bool:
    given, held = text.casefold(), set(terms(text))
    return any(
        answer.casefold().strip(" .") in given
        or len(held.intersection(terms(answer))) >= 0.75 * len(set(terms(answer)))
        for answer in answers
        if terms(answer)
    )


def _share(truths: Iterable[bool]) -> float | None:
    found = list(truths)
    return round(sum(found) / len(found), 4) if found else None


def main() -> None:
    """Measure everything, print it and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--questions", type=int, default=200, help="at most so many per set")
    most = parser.parse_args().questions
    with Loopback() as honest, Loopback(Behaviour(hallucination_rate=1.0)) as dishonest:
        generators: dict[str, Generator] = {
            "extractive": ExtractiveGenerator(),
            "loopback honest": ChatEndpoint(ChatSettings(honest.url, "loopback-1"), secret="benchmark"),
            "loopback inventing": ChatEndpoint(ChatSettings(dishonest.url, "loopback-1"), secret="benchmark"),
        }
        found: dict[str, Any] = {name: measure_set(name, most, generators) for name in SETS}
    found["guards on RAGTruth"] = measure_guards(most=1000)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
