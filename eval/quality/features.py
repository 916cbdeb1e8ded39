"""How far the passages carry a claim, as numbers a linear model can weigh.

Every feature marked + can only raise the risk that a claim is unsupported, for the training holds the sign. So words,
numbers or names that the passages do not have never make an answer look better.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log1p

from data.text import stem, unmatched_figures, words
from eval.quality.claims import Claim, content_stems, weight
from eval.quality.sentences import read_sentences

FEATURES: tuple[tuple[str, str], ...] = (
    ("novel_mass", "+ ln(1 + weight of its words found neither in the passages nor in the question)"),
    ("novel_content_pairs", "+ share of neighbouring content words that never stand together in the passages"),
    ("novel_word_pairs", "+ share of neighbouring words that never stand together in the passages"),
    ("unmatched_in_passage", "+ weight share missing from the one passage that covers the claim best"),
    ("unmatched_nearby", "+ ln(1 + weight missing from the best two neighbouring sentences)"),
    ("numbers_absent", "+ figures that agree with none in the passages or the question, at most 3"),
    ("names_absent", "+ capitalised words found neither in the passages nor in the question, at most 3"),
    ("length", "ln(1 + number of content words)"),
    ("denial", "1 if the claim says that the passages do not tell"),
    ("negation", "1 if the claim is negated"),
    ("hedge", "1 if the claim is hedged: may, might, usually, …"),
)
"""Names and meanings, in the order of the numbers `measure` returns."""

_PREFIX = 5
_HEDGE_WORDS = (
    "may might could possibly likely perhaps probably generally typically usually often sometimes "
    "возможно вероятно обычно"
)
_NEGATION_WORDS = (
    "not no never cannot without unable neither nor none "
    "t "  # of "don't"
    "не нет ни без нельзя"
)
_HEDGES = frozenset(map(stem, _HEDGE_WORDS.split()))
_NEGATIONS = frozenset(map(stem, _NEGATION_WORDS.split()))
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class EvidencePassage:
    """One passage prepared for comparison; `sentences` hold the content stems of each sentence."""

    stems: frozenset[str]
    sentences: tuple[frozenset[str], ...]
    word_pairs: frozenset[Pair]
    content_pairs: frozenset[Pair]


@dataclass(frozen=True, slots=True)
class PassageEvidence:
    """All passages of one question, and what the question itself says; `texts` are all of them as written."""

    passages: tuple[EvidencePassage, ...]
    known: frozenset[str]
    prefixes: frozenset[str]
    texts: tuple[str, ...]


@lru_cache(maxsize=1024)
def read_passage(text: str) -> EvidencePassage:
    """Prepare one passage; remembered, because an application retrieves the same passages again and again."""
    sentences = read_sentences(text)
    content = [content_stems(sentence.stems) for sentence in sentences]
    return EvidencePassage(
        stems=frozenset(stem for sentence in sentences for stem in sentence.stems),
        sentences=tuple(frozenset(stems) for stems in content),
        word_pairs=frozenset(pair for sentence in sentences for pair in pairwise(sentence.stems)),
        content_pairs=frozenset(pair for stems in content for pair in pairwise(stems)),
    )


def read_evidence(question: str, contexts: Iterable[str]) -> PassageEvidence:
    """Prepare what an answer may rest on: the passages, and the words and numbers of the question."""
    texts = tuple(contexts)
    passages = tuple(read_passage(text) for text in texts)
    known = frozenset(map(stem, words(question))).union(*(passage.stems for passage in passages))
    return PassageEvidence(
        passages=passages,
        known=known,
        prefixes=frozenset(stem[:_PREFIX] for stem in known if len(stem) >= _PREFIX),
        texts=(question, *texts),
    )


def measure(claim: Claim, evidence: PassageEvidence) -> tuple[float, ...]:
    """Return the numbers of `FEATURES` for one claim, in that order."""
    content, sentence = claim.content, claim.sentence
    weights = {stem: weight(stem) for stem in content}
    total = sum(weights.values())
    stems = set(sentence.stems)
    return (
        log1p(sum(weights[stem] for stem in content if not _is_known(stem, evidence))),
        _share_of_new(content, [passage.content_pairs for passage in evidence.passages]),
        _share_of_new(sentence.stems, [passage.word_pairs for passage in evidence.passages]),
        1.0 - max((_carried(weights, p.stems) for p in evidence.passages), default=0.0) / total,
        log1p(total - max((_carried_nearby(weights, p.sentences) for p in evidence.passages), default=0.0)),
        float(min(3, len(unmatched_figures(sentence.text, evidence.texts)))),
        float(min(3, sum(not _is_known(name, evidence) for name in sentence.names & weights.keys()))),
        log1p(len(content)),
        float(claim.denial),
        float(not stems.isdisjoint(_NEGATIONS)),
        float(not stems.isdisjoint(_HEDGES)),
    )


def _is_known(stem: str, evidence: PassageEvidence) -> bool:
    return stem in evidence.known or (len(stem) >= _PREFIX and stem[:_PREFIX] in evidence.prefixes)


def _share_of_new(stems: Sequence[str], known: Sequence[frozenset[Pair]]) -> float:
    pairs = list(pairwise(stems))
    new = sum(not any(pair in part for part in known) for pair in pairs)
    return new / len(pairs) if pairs else 0.0


def _carried(weights: dict[str, float], stems: frozenset[str]) -> float:
    return sum(value for stem, value in weights.items() if stem in stems)


def _carried_nearby(weights: dict[str, float], sentences: Sequence[frozenset[str]]) -> float:
    found = [weights.keys() & stems for stems in sentences]
    best = [sum(weights[stem] for stem in stems) for stems in found]
    nearby = (
        sum(weights[stem] for stem in first | second)
        for (first, second), (one, two) in zip(pairwise(found), pairwise(best), strict=True)
        if one and two
    )
    return max([*best, *nearby], default=0.0)
