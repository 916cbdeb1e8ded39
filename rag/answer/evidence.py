"""Find the sentences of passages that answer a question, by words alone.

A sentence scores by the share of the question's terms it holds. Each term weighs as much as it is rare among the
sentences at hand (inverse document frequency). Terms which only its neighbours or its passage hold give smaller credit:
"It was built in 1931" stands after the sentence that names the tower. It also counts whether the sentence holds the
kind of thing asked for: a number for "how many", a date for "when", a name for "who". And the rank of its passage
counts.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from data.text import name_terms, question_terms, sentence_spans, terms
from rag.answer.cues import expected, fits, holds, only_asking

_NEIGHBOUR, _PASSAGE, _CUE, _RANK = 0.35, 0.2, 0.15, 0.03
_NAME_WEIGHT = 2.0
_TITLE_LENGTH = 90
_SAID_AT_LEAST = 4
_MARKUP = re.compile(r"<[^>\n]*>|\{[^}\n]*\}")
_ASKING = ("?", "？", "؟")
_FOOTNOTE = re.compile(r"[^\W\d_][.!?…]\d{1,3}\Z")
"""The number of a note behind the full stop of a sentence."""
_FIELD = re.compile(r"[^:]{1,40}:[ \t]+\S")
_NUMBERED_PART = re.compile(r"\D{1,20}\d{1,3}:")
_LISTED = re.compile(r"[-*+•◦–—\d]")


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence ``passages[passage][start:end]`` and how well it answers.

    `score` orders the sentences of one question and means nothing across questions. `support`, in [0, 1], is
    comparable: the share of the question's words (names and numbers counted twice) found in the sentence with its
    neighbours, averaged with the share found in the whole passage; 0 when no passage holds any name of the question, or
    nothing of its subject stands near the sentence, only its names or the words that ask for a price. `fits` is false
    where the question plainly asks for a kind of thing (a price, a date, a number, a person) and the sentence holds
    none.
    """

    passage: int
    start: int
    end: int
    score: float
    support: float
    fits: bool = True


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    rarity: dict[str, float]
    names: frozenset[str]
    subject: frozenset[str]


@dataclass(frozen=True, slots=True)
class _RatedPassage:
    text: str
    spans: list[tuple[int, int]]
    held: list[set[str]]
    about: set[str]


def find_evidence(question: str, passages: Sequence[str], headings: Sequence[str] = ()) -> list[AnswerSentence]:
    """Return the sentences of `passages` that can answer, best first; ties keep the order of reading.

    `passages` come best retrieved first; `headings`, if given, hold for each the words known about it as a whole. Left
    out are questions, and sentences that say nothing beyond the question, such as headings.
    """
    about = headings or [""] * len(passages)
    read = [_read(text, heading) for text, heading in zip(passages, about, strict=True)]
    asked = dict.fromkeys(question_terms(question))
    rarity = _rarity(asked, [held for passage in read for held in passage.held])
    names = frozenset(name_terms(question)) & asked.keys()
    parsed = _Question(question, rarity, names, _subject(question, asked.keys() - names))
    named = any(parsed.names & passage.about.union(*passage.held) for passage in read)
    found = [item for rank, passage in enumerate(read) for item in _of_passage(parsed, passage, rank, named)]
    return sorted(found, key=lambda item: -item.score)


def _read(text: str, heading: str) -> _RatedPassage:
    spans = sentence_spans(text)
    return _RatedPassage(text, spans, [set(terms(text[start:end])) for start, end in spans], set(terms(heading)))


def _of_passage(question: _Question, passage: _RatedPassage, rank: int, named: bool) -> list[AnswerSentence]:
    everywhere = passage.about.union(*passage.held)
    wanted = expected(question.text)
    found = []
    for place, (start, end) in enumerate(passage.spans):
        sentence = passage.text[start:end]
        says_nothing = _says_nothing(sentence, passage.held[place] - passage.about, question)
        if says_nothing or _leads_in(passage.text, start, end):
            continue
        own = _own_share(question, passage, place)
        nearby = passage.about.union(*passage.held[max(0, place - 1) : place + 2])
        near, whole = _share(question.rarity, nearby), _share(question.rarity, everywhere)
        score = own + _NEIGHBOUR * (near - own) + _PASSAGE * (whole - near) - _RANK * min(rank, 10)
        if wanted is not None and near > 0 and holds(wanted, sentence, question.text):
            score += _CUE
        support = _support(question, nearby, everywhere, named)
        found.append(AnswerSentence(rank, start, end, score, support, fits(question.text, sentence)))
    return found


def _says_nothing(sentence: str, held: set[str], question: _Question) -> bool:
    heading = sentence.startswith("#") or sentence.isupper()
    return heading or sentence.endswith(_ASKING) or not held - question.rarity.keys()


def _leads_in(text: str, start: int, end: int) -> bool:
    """Tell whether a sentence only announces what follows: it ends in a colon, or stands over it like a title.

    A title is a short line of its own without a mark at its end, with text after it. Items, table rows and lines like
    "Price: 12" are none.
    """
    sentence = text[start:end]
    if sentence.endswith(":"):
        return True
    if (
        not sentence[-1].isalnum()
        or _FOOTNOTE.search(sentence)
        or len(sentence) > _TITLE_LENGTH
        or "|" in sentence
        or _LISTED.match(sentence)
    ):
        return False
    if (field := _FIELD.match(sentence)) and not _NUMBERED_PART.match(field[0]):
        return False
    before, after = text[:start].rpartition("\n")[2], text[end:].partition("\n")
    return not before.strip() and not after[0].strip() and bool(after[2].strip())


def _own_share(question: _Question, passage: _RatedPassage, place: int) -> float:
    """Share of the question held by the sentence; the sentence after a question (as in an FAQ) inherits its words.

    So does the sentence under a heading that names nothing but what the question asks about, as in a glossary; under
    one that names all of it, the sentence is likely to be the definition asked for.
    """
    own = _share(question.rarity, passage.held[place])
    before = passage.text[slice(*passage.spans[place - 1])] if place else ""
    both = _share(question.rarity, passage.held[place] | passage.held[place - 1])
    if before.endswith(_ASKING):
        return max(own, 0.9 * both)
    if not before.startswith("#") or len(passage.held[place]) < _SAID_AT_LEAST:
        return own
    named = {term for term in terms(_MARKUP.sub(" ", before)) if not term[0].isdigit()}
    if not named or not named <= question.rarity.keys():
        return own
    return both + _CUE if named == question.rarity.keys() else max(own, 0.9 * both)


def _subject(question: str, plain: set[str]) -> frozenset[str]:
    return frozenset(plain - only_asking(question) or plain)


def _support(question: _Question, nearby: set[str], everywhere: set[str], named: bool) -> float:
    if question.names and not named or question.subject and not question.subject & nearby:
        return 0.0
    weights = {term: _NAME_WEIGHT if term in question.names else 1.0 for term in question.rarity}
    return (_share(weights, nearby) + _share(weights, everywhere)) / 2


def _rarity(asked: dict[str, None], held: Sequence[set[str]]) -> dict[str, float]:
    count = Counter(term for words in held for term in asked if term in words)
    return {term: math.log(1 + (len(held) - count[term] + 0.5) / (count[term] + 0.5)) for term in asked}


def _share(weights: dict[str, float], held: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0
