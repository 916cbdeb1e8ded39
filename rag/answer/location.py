"""Find where in a source text the evidence for a claim stands.

There are three ways, strictest first. The claim itself is looked for, letter for letter once white space, case,
quotation marks, dashes and Markdown emphasis are levelled. Then a sentence which differs in at most a tenth of its
letters. Then the one or two neighbouring sentences which hold most of the claim's words. Only the last can be wrong
about a paraphrase, and it never sees a negation: it says "these are the words", not "this is entailed".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, TypeAlias

from data.text import composed, is_unspaced, name_terms, question_terms, sentence_spans, terms

FUZZY = 0.9
"""Least share of equal letters (2M / T of difflib) for a sentence to count as quoted with small changes."""

OVERLAP = 0.5
"""Least weighted share of a claim's words that its evidence must hold."""

_Window: TypeAlias = tuple[int, int, frozenset[str]]
_NAME_WEIGHT = 2.0
_PAIR_GAIN = 0.15
"""What a second sentence must add for the quote to be made longer."""

_LEVEL = str.maketrans(
    {**dict.fromkeys("“”„‟«»‹›‘’‚‛`´", "'"), '"': "'", **dict.fromkeys("‐‑‒–—―−", "-"), "ё": "е", "…": "."}
)
_DROPPED = frozenset("*_\u00ad\u200b\u200c\u200d\u2060\ufeff")
_SPACE = [code for code in range(0x3001) if chr(code).isspace()]
_LEVEL_AND_SPACE = {**dict.fromkeys(_SPACE, " "), **_LEVEL}
_UNEVEN = re.compile(rf"[{''.join(_DROPPED)}]|\s\s|\A\s|[\u0130]")
"""Signs that make levelled text shorter or longer; without them each sign stays in its place."""


@dataclass(frozen=True, slots=True)
class EvidencePlace:
    """Evidence ``text[start:end]``, how it was found, and the share of the claim's words it holds."""

    start: int
    end: int
    how: Literal["exact", "fuzzy", "overlap"]
    share: float


@lru_cache(maxsize=2048)
def locate(claim: str, text: str) -> EvidencePlace | None:
    """Return the best evidence for `claim` in `text`, however weak; None when not one word of the claim is there."""
    return _exact(claim, text) or _fuzzy(claim, text) or _overlap(claim, text)


def is_evidence(found: EvidencePlace | None) -> bool:
    """Tell whether `found` is strong enough to support its claim by itself."""
    return found is not None and (found.how != "overlap" or found.share >= OVERLAP)


@lru_cache(maxsize=2048)
def weighted_terms(claim: str) -> Mapping[str, float]:
    """Return the terms of `claim` with their weights: names and numbers count twice."""
    names = set(name_terms(claim))
    return {term: _NAME_WEIGHT if term in names else 1.0 for term in question_terms(claim)}


def _exact(claim: str, text: str) -> EvidencePlace | None:
    wanted, _ = _levelled(composed(claim))
    wanted = wanted.strip(" .!?'。！？")
    if len(wanted) < 3:
        return None
    level, places = _levelled(text)
    at = level.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not _cuts_word(level, at, end):
            return EvidencePlace(_with_opening(text, places[at]), _past_stop(text, places[end - 1] + 1), "exact", 1.0)
        at = level.find(wanted, at + 1)
    return None


def _cuts_word(level: str, start: int, end: int) -> bool:
    """Tell whether a match begins or ends inside a word or number ("8 kg" inside "1.8 kg")."""
    if _inside_word(level, start) or _inside_word(level, end):
        return True
    inside_number = level[start - 1 : start] in (".", ",") and level[start - 2 : start - 1].isdigit()
    return inside_number and level[start].isdigit()


def _inside_word(level: str, place: int) -> bool:
    """Tell whether a place lies between two letters of a script that writes words apart."""
    around = level[place - 1 : place + 1] if place else ""
    return len(around) == 2 and around.isalnum() and not (is_unspaced(around[0]) or is_unspaced(around[1]))


@lru_cache(maxsize=2048)
def _levelled(text: str) -> tuple[str, Sequence[int]]:
    """Return `text` levelled for comparison, and for each of its signs the place it had in `text`."""
    level = text.lower().translate(_LEVEL_AND_SPACE)
    if len(level) == len(text) and not _UNEVEN.search(text):
        return level, range(len(text))
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        if sign in _DROPPED:
            continue
        if sign.isspace():
            if signs and signs[-1] != " ":
                signs.append(" ")
                places.append(place)
            continue
        for lowered in sign.lower().translate(_LEVEL):
            signs.append(lowered)
            places.append(place)
    return "".join(signs), tuple(places)


def _with_opening(text: str, start: int) -> int:
    """Take opening emphasis and quotation marks into the quote."""
    while start > 0 and text[start - 1] in '*_"“«„':
        start -= 1
    return start


def _past_stop(text: str, end: int) -> int:
    """Take the closing emphasis and full stop of a quoted sentence into the quote."""
    while end < len(text) and text[end] in "*_.!?…。！？":
        end += 1
    return end


def _fuzzy(claim: str, text: str) -> EvidencePlace | None:
    wanted, _ = _levelled(claim)
    best: EvidencePlace | None = None
    matcher = SequenceMatcher(b=wanted.strip(), autojunk=False)
    for start, end, _ in (*_sentences(text), *_pairs(text)):
        if not 0.8 <= (end - start) / max(1, len(claim)) <= 1.25:
            continue
        matcher.set_seq1(_levelled(text[start:end])[0].strip())
        least = max(FUZZY, best.share if best else 0.0)
        if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least and matcher.ratio() > least - 1e-9:
            best = EvidencePlace(start, end, "fuzzy", matcher.ratio())
    return best


def _overlap(claim: str, text: str) -> EvidencePlace | None:
    weights = weighted_terms(claim)
    single = _most_words(weights, _sentences(text))
    pair = _most_words(weights, _pairs(text))
    if single is None or pair is None or pair.share < single.share + _PAIR_GAIN:
        return single
    return pair


def _most_words(weights: Mapping[str, float], windows: Iterable[_Window]) -> EvidencePlace | None:
    total = sum(weights.values())
    best: EvidencePlace | None = None
    for start, end, held in windows:
        share = sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0
        if share > (best.share if best else 0.0):
            best = EvidencePlace(start, end, "overlap", share)
    return best


@lru_cache(maxsize=512)
def _sentences(text: str) -> tuple[_Window, ...]:
    """Return the sentences of `text` with their terms; one answer looks into the same few passages many times."""
    return tuple((start, end, frozenset(terms(text[start:end]))) for start, end in sentence_spans(text))


def _pairs(text: str) -> list[_Window]:
    found = _sentences(text)
    return [(first[0], second[1], first[2] | second[2]) for first, second in zip(found, found[1:], strict=False)]
