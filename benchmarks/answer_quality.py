"""Quality of answers on public sets: refusals, citations, and the guards against altered numbers and names.

Passages come from a plain BM25 search (five best), so that no embedder is needed. Each question is asked twice: with
its article in the collection, and with it taken out ("absent"), where only a refusal is right. The guards are measured
on RAGTruth's answers with human labels. Run from the checkout, with the data sets in ``../shared/data``:

    python -m benchmarks.answer_quality [--questions 200]

Results go to benchmarks/results/answer_quality.json. Takes about two minutes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from data.records import Chunk, Hit
from pipelines.loopback import Behaviour, Loopback
from rag.answer import Answered, answer_question
from rag.endpoint import ChatEndpoint
from rag.extractive import Extractive
from rag.locate import OVERLAP, locate
from rag.names import unmatched_names
from rag.numbers import figures, unmatched_figures
from rag.protocols import Generator
from rag.segment import sentences
from rag.terms import terms

DATA = Path(__file__).parents[1] / ".." / "shared" / "data"
RESULTS = Path(__file__).parent / "results" / "answer_quality.json"
DEPTH = 5


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the strings one of which a right answer holds, and the article it is about."""

    text: str
    answers: tuple[str, ...]
    article: str
    answerable: bool


class Bm25:
    """Okapi BM25 over passages, each with the name of its article."""

    def __init__(self, passages: Sequence[tuple[str, str]]) -> None:
        self._passages = passages
        self._counts = [Counter(terms(text)) for _, text in passages]
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
        kept = [place for place in scores if self._passages[place][0] != without]
        best = sorted(kept, key=lambda place: -scores[place])[:DEPTH]
        return [self._hit(place, scores[place]) for place in best]

    def _hit(self, place: int, score: float) -> Hit:
        article, text = self._passages[place]
        return Hit(Chunk(f"{article}/{place}", 0, len(text), text), score)


def squad() -> tuple[list[tuple[str, str]], list[Question]]:
    """SQuAD 2.0 dev, trick questions included."""
    passages = [(row["article"], row["text"]) for row in rows("squad2_dev/paragraphs.jsonl.gz")]
    asked = [
        Question(row["question"], tuple(set(row["answers"])), row["article"], not row["is_impossible"])
        for row in rows("squad2_dev/questions.jsonl.gz")
    ]
    return passages, asked


def xquad_ru() -> tuple[list[tuple[str, str]], list[Question]]:
    """XQuAD in Russian."""
    found = list(rows("xquad/ru.jsonl.gz"))
    passages = list({row["context"]: (row["article"], row["context"]) for row in found}.values())
    asked = [
        Question(row["question"], tuple(item["text"] for item in row["answers"]), row["article"], answerable=True)
        for row in found
    ]
    return passages, asked


def clapnq() -> tuple[list[tuple[str, str]], list[Question]]:
    """ClapNQ dev: an answer is right when it shares a selected sentence."""
    found = list(rows("clapnq_dev/questions.jsonl.gz"))
    passages = [(row["id"], row["passages"][0]["text"]) for row in found]
    asked = [
        Question(
            row["question"],
            tuple(text for output in row["output"] for text in output.get("selected_sentences", ())),
            row["id"],
            row["answerable"],
        )
        for row in found
    ]
    return passages, asked


SETS = {"squad2": squad, "xquad-ru": xquad_ru, "clapnq": clapnq}


def rows(name: str) -> Iterator[Any]:
    """Yield the rows of a data set's file."""
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def measure_set(name: str, most: int, generators: dict[str, Generator]) -> dict[str, Any]:
    """Ask all generators the questions of a set, with and without the article that answers."""
    passages, asked = SETS[name]()
    search = Bm25(passages)
    order = np.random.default_rng(0).permutation(len(asked))[:most]
    result = {}
    for label, generator in generators.items():
        present = [(asked[i], _ask(asked[i], search.search(asked[i].text), generator)) for i in order]
        absent = [_ask(asked[i], search.search(asked[i].text, asked[i].article), generator) for i in order]
        result[label] = _summary(present, absent)
    return result


def _ask(question: Question, hits: list[Hit], generator: Generator) -> tuple[Answered, float]:
    started = perf_counter()
    return answer_question(question.text, hits, generator), 1000 * (perf_counter() - started)


def _summary(
    present: Sequence[tuple[Question, tuple[Answered, float]]], absent: Sequence[tuple[Answered, float]]
) -> dict[str, float | None]:
    answerable = [(question, answered) for question, (answered, _) in present if question.answerable]
    tricks = [answered for question, (answered, _) in present if not question.answerable]
    citations = [item for _, (answered, _) in present for item in answered.answer.citations]
    given = [answered for _, (answered, _) in present if answered.answer.outcome == "answered"]
    guards = ("unsupported", "number_mismatch", "name_mismatch")
    flagged = [item for item in given if any(flag.startswith(guards) for flag in item.answer.flags)]
    return {
        "questions": len(present),
        "wrong_refusals": _share(answered.answer.outcome == "abstained" for _, answered in answerable),
        "right_answers": _share(_holds(question.answers, answered.answer.text) for question, answered in answerable),
        "refused_absent": _share(answered.answer.outcome == "abstained" for answered, _ in absent),
        "refused_tricks": _share(answered.answer.outcome == "abstained" for answered in tricks),
        "supported_citations": _share(item.supported for item in citations),
        "flagged_answers": _share(item in flagged for item in given),
        "milliseconds_median": round(float(np.median([spent for _, (_, spent) in present])), 2),
    }


def _holds(answers: Collection[str], text: str) -> bool:
    given, held = text.casefold(), set(terms(text))
    return any(
        answer.casefold().strip(" .") in given
        or len(held.intersection(terms(answer))) >= 0.75 * len(set(terms(answer)))
        for answer in answers
        if terms(answer)
    )


def _share(truths: Iterator[bool]) -> float | None:
    found = list(truths)
    return round(sum(found) / len(found), 4) if found else None


def measure_guards(most: int) -> dict[str, float]:
    """Measure support, number and name guard per sentence of RAGTruth; "bad" sentences overlap a human label."""
    answers = list(rows("ragtruth_qa/answers.jsonl.gz"))
    order = np.random.default_rng(0).permutation(len(answers))[:most]
    bad: list[bool] = []
    signs: dict[str, list[bool]] = defaultdict(list)
    for answer in (answers[i] for i in order):
        sources = [answer["question"], *answer["passages"]]
        for start, end in sentences(answer["response"]):
            sentence = answer["response"][start:end]
            if len(terms(sentence)) < 3:
                continue
            bad.append(any(label["start"] < end and label["end"] > start for label in answer["labels"]))
            located = [locate(sentence, passage) for passage in answer["passages"]]
            signs["unsupported"].append(max((item.share for item in located if item), default=0.0) < OVERLAP)
            signs["number"].append(bool(unmatched_figures(sentence, sources)))
            signs["name"].append(bool(unmatched_names(sentence, sources)))
            signs["has_figures"].append(bool(figures(sentence)))
    result: dict[str, float] = {"sentences": len(bad), "bad": round(float(np.mean(bad)), 4)}
    is_bad = np.array(bad)
    for name in ("unsupported", "number", "name"):
        flags = np.array(signs[name])
        result[f"{name}_flags_of_clean"] = round(float(flags[~is_bad].mean()), 4)
        result[f"{name}_flags_of_bad"] = round(float(flags[is_bad].mean()), 4)
    figured = np.array(signs["has_figures"])
    result["number_flags_of_bad_with_figures"] = round(float(np.array(signs["number"])[is_bad & figured].mean()), 4)
    return result


def main() -> None:
    """Measure everything, print it and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--questions", type=int, default=200, help="at most so many per set")
    most = parser.parse_args().questions
    with Loopback() as honest, Loopback(Behaviour(hallucination_rate=1.0)) as dishonest:
        generators: dict[str, Generator] = {
            "extractive": Extractive(),
            "loopback honest": ChatEndpoint(honest.url, "loopback-1", "none", secret="benchmark"),
            "loopback inventing": ChatEndpoint(dishonest.url, "loopback-1", "none", secret="benchmark"),
        }
        found: dict[str, Any] = {name: measure_set(name, most, generators) for name in SETS}
    found["guards on RAGTruth"] = measure_guards(most=800)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
