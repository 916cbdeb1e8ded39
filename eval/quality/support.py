"""Tell how far passages carry an answer, and if its claims keep the names, figures and polarity of their sentences.

Two parts; the score is the first, lowered by the second:

- carried: today's lexical risk of each claim (novel words, pairs, numbers, names), fitted on labels of people. Claims
  add up as in the lexical score: verbatim sentences add nothing, an invented one weighs most.
- kept: the claim beside the one sentence that it draws on. Names and figures that stand elsewhere, weighed by how
  much less of the claim stands around them. Another polarity: an odd number of negations in one of both only, or a
  shared word that only one of both negates. Fitted on planted changes; people's labels say nothing of it.

Claims of fewer than four content words say nothing of polarity, and those of a small part of their sentence miss no
negation of it.

Blind: a wrong relation between right words, a true paraphrase (held for risk), and an old document with its old answer.
So are most changed names in answers that are in their own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.text import terms
from eval.quality.claims import find_claims
from eval.quality.drawn import MOST_CLAIMS, Draw, Ground, Sentence, draw, names_in, values_in
from eval.quality.features import FEATURES as CLAIM_FEATURES
from eval.quality.features import measure, read_evidence

VERSION = "1"
KEPT_FEATURES = ("names_absent", "figures_absent", "names_elsewhere", "figures_elsewhere", "polarity", "scope")
RISING = tuple(meaning.startswith("+") for _, meaning in CLAIM_FEATURES)
"""Features that can only raise a risk: more foreign words, names or figures never make an answer look better."""
_ABSENT = tuple(at for at, (name, _) in enumerate(CLAIM_FEATURES) if name in {"names_absent", "numbers_absent"})

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|nothing|nobody|не|нет|ни|без|никогда|нельзя|никто|ничего)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_MOST = 3.0
_POLARITY_WORDS = 4
_POLARITY_CARRIED = 0.6
_MOST_SAID = 0.5


@dataclass(frozen=True, slots=True)
class ClaimSupport:
    """One claim of the answer: lexical features, and how it keeps to its sentence (`KEPT_FEATURES`)."""

    text: str
    features: tuple[float, ...]
    kept: tuple[float, ...]
    denial: bool


def claim_support(question: str, answer: str, passages: Sequence[str], ground: Ground) -> list[ClaimSupport]:
    """Measure each claim of an answer; one that only says that the passages do not tell is marked as denial."""
    evidence = read_evidence(question, passages)
    found = []
    for claim in find_claims(answer)[:MOST_CLAIMS]:
        lexical = measure(claim, evidence)
        numbers, names = (lexical[at] for at in sorted(_ABSENT))
        near = near_features(draw(claim.text, ground), ground)
        found.append(ClaimSupport(claim.text, lexical, (names, numbers, *near), claim.denial))
    return found


def near_features(drawn: Draw, ground: Ground) -> tuple[float, ...]:
    """Compare a claim with the sentences that it draws on."""
    if not drawn.places:
        return (0.0, 0.0, 0.0, 0.0)
    near = [ground.sentences[place] for place in drawn.places]
    names = names_in(drawn.claim, ground.names) - ground.asked - {stem for item in near for stem in item.stems}
    known = ground.asked_values.union(*(item.values for item in near))
    figures = [values for values in values_in(drawn.claim) if values.isdisjoint(known)]
    return (
        min(_MOST, sum(_far(drawn, ground, frozenset({name})) for name in names)),
        min(_MOST, sum(_far(drawn, ground, values) for values in figures)),
        _other_polarity(drawn, near[0]),
        _other_scope(drawn, near),
    )


def _far(drawn: Draw, ground: Ground, thing: frozenset[str]) -> float:
    """Return how much less the sentences around a name or figure carry of its claim than the sentence drawn on."""
    rest = drawn.stems - thing
    best = _carried(rest, ground.sentences[drawn.places[0]].stems, ground)
    holding = [at for at, item in enumerate(ground.sentences) if not thing.isdisjoint(item.stems | item.values)]
    here = max((_carried(rest, _around(at, ground), ground) for at in holding), default=0.0)
    return max(0.0, 1.0 - here / best) if best else 0.0


def _around(place: int, ground: Ground) -> frozenset[str]:
    """Return the stems of a sentence and its neighbours in the passage: names are taken up by pronouns."""
    home = ground.sentences[place].passage
    beside = ground.sentences[max(0, place - 1) : place + 2]
    return frozenset(stem for item in beside if item.passage == home for stem in item.stems)


def _carried(stems: frozenset[str], held: frozenset[str], ground: Ground) -> float:
    return sum(ground.weights[stem] for stem in stems & held)


def _other_polarity(drawn: Draw, near: Sentence) -> float:
    if len(drawn.stems) < _POLARITY_WORDS or drawn.carried < _POLARITY_CARRIED:
        return 0.0
    here, there = (len(_NEGATION.findall(text)) % 2 for text in (drawn.claim, near.text))
    return float(here != there and (here > there or _says_most(drawn, near)))


def _other_scope(drawn: Draw, near: Sequence[Sentence]) -> float:
    """Return 1 if a word is negated in the claim and not in a sentence that holds it, or the reverse."""
    here = _negated(drawn.claim)
    for item in near:
        there = _negated(item.text)
        if any(stem in item.stems for stem in here - there):
            return 1.0
        if _says_most(drawn, item) and any(stem in drawn.stems for stem in there - here):
            return 1.0
    return 0.0


def _says_most(drawn: Draw, near: Sentence) -> bool:
    """Tell whether a claim says so much of a sentence that it would have to say its negation, too: names do not."""
    return len(drawn.stems & near.stems) >= _MOST_SAID * len(near.stems)


def _negated(text: str) -> frozenset[str]:
    """Return the first term after each negation."""
    return frozenset(stem for match in _NEGATION.finditer(text) for stem in terms(text[match.end() :][:60])[:1])
