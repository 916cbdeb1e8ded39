"""Which sentences of its passages an answer draws on, found by shared words.

The wording of the answer is used to find sentences and for nothing else. So a greeting, a footer or a restated
question changes no score that is made of the sentences found.

A word weighs ``ln((n + 2) / (k + 0.5))`` where k of the n sentences hold it, and 0.3 of that when the question holds
it too. A claim draws on the sentence with the most weight in common, and on a second one with 0.6 of that or more. A
claim of a few words draws on all such sentences.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from data.text import find_figures, plain, question_terms, spelled_numbers, terms
from eval.quality.sentences import split

ASKED_WEIGHT = 0.3
LENGTH_COST = 0.02
MIN_STRENGTH = 0.5
NEXT_BEST = 0.6
MOST_PLACES = 2
FRAGMENT = 4
MOST_PLACES_OF_FRAGMENT = 10
"""A claim of so few words ("the Commission") may stand in many sentences, and which is meant cannot be told."""
MOST_CLAIMS = 100
MOST_SENTENCES = 2000
"""An answer or passages beyond these are judged by their beginning, so that no text can hold a scorer for long."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MIN_NAME = 3
_REFERENCE = re.compile(
    r"\b(?:passages?|sources?|documents?|contexts?|steps?|отрыв\w+|источник\w*|документ\w*|шаг\w*)\s*#?\d+"
    r"(?:\s*(?:,|and|&|to|-|и)\s*\d+)*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage: its terms, the values of its figures, the terms of its names."""

    text: str
    passage: int
    stems: frozenset[str]
    values: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ground:
    """All that an answer may rest on: the sentences of its passages, word weights, and what the question says."""

    sentences: tuple[Sentence, ...]
    weights: dict[str, float]
    asked: frozenset[str]
    asked_values: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Draw:
    """A claim and the places of the sentences it draws on, best first; none if it draws on nothing.

    `carried` is the share of the claim's weight that stands in the best sentence.
    """

    claim: str
    stems: frozenset[str]
    places: tuple[int, ...]
    strength: float
    carried: float


def read_ground(question: str, passages: Sequence[str]) -> Ground:
    """Prepare question and passages; sentences with fewer than three terms are headings and left out."""
    found = [item for place, text in enumerate(passages) for item in _read_passage(text, place)][:MOST_SENTENCES]
    held = Counter(stem for item in found for stem in item.stems)
    asked = frozenset(question_terms(question)) | frozenset(terms(question))
    weights = {
        stem: log((len(found) + 2) / (count + 0.5)) * (ASKED_WEIGHT if stem in asked else 1.0)
        for stem, count in held.items()
    }
    return Ground(
        tuple(found), weights, asked, _values(question), frozenset(name for item in found for name in item.names)
    )


def claims_of(answer: str) -> list[str]:
    """Return the sentences of an answer without markdown and citation marks."""
    return [bare for part in split(answer) if terms(bare := plain(part))][:MOST_CLAIMS]


def draw(claim: str, ground: Ground) -> Draw:
    """Find the sentences that a claim draws on."""
    stems = frozenset(terms(claim))
    strengths = [_strength(stems, item, ground) for item in ground.sentences]
    best = max(strengths, default=0.0)
    if best <= MIN_STRENGTH:
        return Draw(claim, stems, (), best, 0.0)
    most = MOST_PLACES if len(stems) > FRAGMENT else MOST_PLACES_OF_FRAGMENT
    top = sorted(range(len(strengths)), key=lambda place: -strengths[place])[:most]
    places = tuple(place for place in top if strengths[place] >= NEXT_BEST * best)
    unknown = log(len(ground.sentences) + 2)
    total = sum(ground.weights.get(stem, unknown) for stem in stems if stem not in ground.asked)
    held = sum(ground.weights[stem] for stem in stems & ground.sentences[places[0]].stems if stem not in ground.asked)
    return Draw(claim, stems, places, best, held / total if total else 0.0)


def draws(answer: str, ground: Ground) -> list[Draw]:
    """Find the sentences that each claim of an answer draws on."""
    return [draw(claim, ground) for claim in claims_of(answer)]


def names_in(text: str, known: Iterable[str] = ()) -> frozenset[str]:
    """Return the terms of the names in a text; its first word is one only if it is among the `known` names."""
    words = _WORD.findall(text)
    held = frozenset(known)
    found: set[str] = set()
    for place, word in enumerate(words):
        if len(word) >= _MIN_NAME and word[0].isupper():
            stems = terms(word)
            found.update(stems if place else [stem for stem in stems if stem in held])
    return frozenset(found)


def values_in(text: str) -> list[frozenset[str]]:
    """Return the possible values of each figure in a text; "passage 2" and "step 3" are none."""
    return [figure.values for figure in find_figures(_REFERENCE.sub(" ", text))]


def _values(text: str) -> frozenset[str]:
    return frozenset(value for values in values_in(text) for value in values) | spelled_numbers(text)


def _strength(stems: frozenset[str], sentence: Sentence, ground: Ground) -> float:
    shared = sum(ground.weights[stem] for stem in stems & sentence.stems)
    return shared / (1.0 + LENGTH_COST * len(sentence.stems))


@lru_cache(maxsize=2048)
def _read_passage(text: str, place: int) -> tuple[Sentence, ...]:
    read = ((part, frozenset(terms(part))) for part in split(plain(text)))
    return tuple(Sentence(part, place, stems, _values(part), names_in(part)) for part, stems in read if len(stems) >= 3)
