"""Does the proof see a lie? One lie of each kind is told in honest answers, and the check of citations must flag it.

Sets and search are those of `benchmarks.answer_quality`; the honest answers are those of its scripted endpoint. The
liar changes one thing in the first cited sentence and leaves the rest:

- "figure": one number becomes another that the passages do not hold;
- "quote": the sentence becomes a quotation of an article that was not found, under the key it had;
- "wrong key": the sentence cites another of the passages, from an article that does not answer;
- "unknown key": it cites a key that names no passage;
- "no key": it cites nothing.

An answer counts as flagged when a flag of the kind in `SEEN_AS` stands on it, and by any flag as `any`; answers without
anything to lie about (no number, no other article) are left out. Run from the checkout:

    python -m benchmarks.answer_lies [--questions 200]

Results go to benchmarks/results/answer_lies.json.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.answer_quality import Bm25
from benchmarks.answer_sets import SETS, Question
from data.records import ABSTENTION, Answer, Draft, Hit
from data.text.sentences import sentence_spans
from pipelines.loopback.behaviour import Behaviour
from pipelines.loopback.writer import write_answer
from rag.answer.answering import Checker
from rag.prompts import read_prompt, render

RESULTS = Path(__file__).parent / "results" / "answer_lies.json"
MEASURED = ("clapnq", "ru_rag", "nist 800-63", "ollama docs")
SEEN_AS = {
    "figure": ("number_mismatch", "unsupported_citation"),
    "quote": ("unsupported_citation", "number_mismatch", "name_mismatch"),
    "wrong key": ("unsupported_citation", "number_mismatch", "name_mismatch"),
    "unknown key": ("unknown_citations",),
    "no key": ("no_citations", "uncited_sentences"),
}
_KEYED = re.compile(r"(?P<said>[^\n]+?) \[(?P<key>[a-z0-9]{4})\](?P<stop>[.!…])")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?(?!\w)")

Lie = Callable[[re.Match[str], Sequence[Hit], Draft, str], str | None]
"""The first cited sentence, the passages, the honest draft and a strange sentence to what is said instead."""


def _figure(found: re.Match[str], hits: Sequence[Hit], draft: Draft, strange: str) -> str | None:
    number = _NUMBER.search(found["said"])
    if number is None:
        return None
    held = " ".join(hit.chunk.text for hit in hits)
    other = next(text for step in range(3, 9999, 7) if (text := _moved(number.group(), step)) not in held)
    said = found["said"][: number.start()] + other + found["said"][number.end() :]
    return f"{said} [{found['key']}]{found['stop']}"


def _moved(written: str, step: int) -> str:
    digits = written.replace(",", ".")
    return f"{float(digits) + step:.{len(digits.partition('.')[2])}f}"


def _quote(found: re.Match[str], hits: Sequence[Hit], draft: Draft, strange: str) -> str | None:
    return f"“{strange.rstrip('.!…')}” [{found['key']}]{found['stop']}"


def _wrong_key(found: re.Match[str], hits: Sequence[Hit], draft: Draft, strange: str) -> str | None:
    articles = {hit.chunk.id: hit.chunk.source.split("#")[0] for hit in hits}
    own = articles[draft.keys[found["key"]]]
    others = [key for key, chunk_id in draft.keys.items() if articles[chunk_id] != own]
    return f"{found['said']} [{others[-1]}]{found['stop']}" if others else None


def _unknown_key(found: re.Match[str], hits: Sequence[Hit], draft: Draft, strange: str) -> str | None:
    unknown = next(key for key in ("zq84", "x9k3", "7wqn") if key not in draft.keys)
    return f"{found['said']} [{unknown}]{found['stop']}"


def _no_key(found: re.Match[str], hits: Sequence[Hit], draft: Draft, strange: str) -> str | None:
    return f"{found['said']}{found['stop']}"


LIES: dict[str, Lie] = {
    "figure": _figure,
    "quote": _quote,
    "wrong key": _wrong_key,
    "unknown key": _unknown_key,
    "no key": _no_key,
}


def honest_draft(question: str, hits: Sequence[Hit]) -> Draft:
    """Return what the scripted endpoint writes when it is honest."""
    prompt = render(question, hits, "benchmark")
    read = read_prompt(prompt.user)
    assert read is not None
    return Draft(write_answer(read, Behaviour()), prompt.keys)


def measure_set(name: str, most: int) -> dict[str, Any]:
    """Return for each lie how often it was told and flagged, and how often honest answers were."""
    measured = SETS[name](most)
    search = Bm25(measured.passages)
    found = [(question, hits) for question in measured.questions if (hits := search.search(question.text))]
    told = [(question, hits, draft) for question, hits in found if (draft := honest_draft(question.text, hits)).text]
    told = [item for item in told if item[2].text != ABSTENTION and _KEYED.search(item[2].text)]
    plain = [Checker(question.text, hits).answer(draft) for question, hits, draft in told]
    result: dict[str, Any] = {"honest": _counts(plain, tuple({kind for kinds in SEEN_AS.values() for kind in kinds}))}
    for lie, change in LIES.items():
        lied = list(_lied(told, search, change))
        result[lie] = _counts(lied, SEEN_AS[lie]) | {"supported_left": _supported(lied)}
    return result


def _lied(told: Sequence[tuple[Question, list[Hit], Draft]], search: Bm25, change: Lie) -> Iterator[Answer]:
    for place, (question, hits, draft) in enumerate(told):
        found = _KEYED.search(draft.text)
        assert found is not None
        said = change(found, hits, draft, _strange(told, place))
        if said is not None:
            text = draft.text[: found.start()] + said + draft.text[found.end() :]
            yield Checker(question.text, hits).answer(replace(draft, text=text))


def _strange(told: Sequence[tuple[Question, list[Hit], Draft]], place: int) -> str:
    """Return a sentence of an article that was found for another question and not for this one."""
    own = {hit.chunk.source.split("#")[0] for hit in told[place][1]}
    for step in range(1, len(told)):
        for hit in told[(place + step) % len(told)][1]:
            text = hit.chunk.text
            long = [text[start:end] for start, end in sentence_spans(text) if 60 <= end - start <= 300]
            if long and hit.chunk.source.split("#")[0] not in own:
                return " ".join(long[0].split())
    raise ValueError("all questions found the same articles: measure more of them")


def _counts(answers: Sequence[Answer], kinds: tuple[str, ...]) -> dict[str, Any]:
    flagged = [any(flag.startswith(kinds) for flag in answer.flags) for answer in answers]
    return {
        "answers": len(answers),
        "flagged": round(sum(flagged) / len(answers), 4) if answers else None,
        "any": round(sum(bool(answer.flags) for answer in answers) / len(answers), 4) if answers else None,
    }


def _supported(answers: Sequence[Answer]) -> float | None:
    """Return the share of citations still marked as supported: those of the honest rest, and lies not seen."""
    marks = [citation.supported for answer in answers for citation in answer.citations]
    return round(sum(marks) / len(marks), 4) if marks else None


def main() -> None:
    """Measure, print and write down."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--questions", type=int, default=200, help="at most so many per set")
    most = parser.parse_args().questions
    found = {name: measure_set(name, most) for name in MEASURED}
    for name, kinds in found.items():
        print(name, *(f"{kind}: {item['flagged']} of {item['answers']}" for kind, item in kinds.items()), sep="\n  ")
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
